#include "inner_map.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro::motion {

namespace {

constexpr double sample_mm = 2;
constexpr double least_share = 0.25, most_share = 2.5;
constexpr std::array<int, chamber_count> own_mode{systole, squeeze_right, swell_left, swell_right};
constexpr std::array<double, chamber_count> most_amplitude{1.3, 24, 14, 14};

/// Calls see(coefficient's number, a, b, c) for every product of up to three amplitudes; -1: none.
template <class See> void for_each_product(See const& see)
{
    int number = 0;
    see(number++, -1, -1, -1);
    for (int a = 0; a < heart_modes; ++a) {
        see(number++, a, -1, -1);
        for (int b = a; b < heart_modes; ++b) {
            see(number++, a, b, -1);
            for (int c = b; c < heart_modes; ++c) see(number++, a, b, c);
        }
    }
}
constexpr int products =
    1 + heart_modes + heart_modes * (heart_modes + 1) / 2 + heart_modes * (heart_modes + 1) * (heart_modes + 2) / 6;

double determinant(Vec3 const& a, Vec3 const& b, Vec3 const& c)
{
    return glm::dot(a, glm::cross(b, c));
}
/// Coefficient of the product of two different amplitudes in det(1 + sum amplitude gradient).
double minors(Mat3 const& a, Mat3 const& b)
{
    double sum = 0;
    for (int i = 0; i < 3; ++i)
        for (int j = i + 1; j < 3; ++j)
            sum += a[i][i] * b[j][j] + b[i][i] * a[j][j] - a[j][i] * b[i][j] - b[j][i] * a[i][j];
    return sum;
}
/// And of three different ones.
double mixed(Mat3 const& a, Mat3 const& b, Mat3 const& c)
{
    return determinant(a[0], b[1], c[2]) + determinant(a[0], c[1], b[2]) + determinant(b[0], a[1], c[2]) +
           determinant(b[0], c[1], a[2]) + determinant(c[0], a[1], b[2]) + determinant(c[0], b[1], a[2]);
}

} // namespace

HeartVolumes::HeartVolumes(Tissue const& tissue, ModeBox const& box)
{
    for (auto& c : coefficient_) c.assign(products, 0);
    if (box.is_still()) return;
    FieldGrid const samples = lattice_around(box.grid.origin_mm, box.grid.at(box.grid.size - 1), sample_mm);
    std::array<int, chamber_count> count{};
    for_each_point(samples, [&](glm::ivec3 const& at, std::size_t) {
        Vec3 const p = samples.at(at) + sample_mm / 2; // not on the voxels' faces
        int const chamber = tissue.label_at(p) - 1050;
        Cell cell;
        if (chamber < 0 || chamber >= chamber_count || !cell.find(box.grid, p)) return;
        ++count[std::size_t(chamber)];
        std::array<Mat3, heart_modes> g;
        for (int m = 0; m < heart_modes; ++m)
            g[std::size_t(m)] =
                gradient(linear_with_slope(cell, box.grid.spacing_mm, [&](std::size_t n) { return box.at(n)[m]; }));
        auto& sum = coefficient_[std::size_t(chamber)];
        for_each_product([&](int number, int a, int b, int c) {
            auto const of = [&](int m) -> Mat3 const& { return g[std::size_t(m)]; };
            double value = 1;
            if (c >= 0) { // equal ones among the three are counted as often as they were exchanged
                value = mixed(of(a), of(b), of(c)) / (a == b && b == c ? 6 : a == b || b == c ? 2 : 1);
            } else if (b >= 0) {
                value = minors(of(a), of(b)) / (a == b ? 2 : 1);
            } else if (a >= 0) {
                value = of(a)[0][0] + of(a)[1][1] + of(a)[2][2];
            }
            sum[std::size_t(number)] += value;
        });
    });
    for (std::size_t chamber = 0; chamber < chamber_count; ++chamber) {
        is_known_[chamber] = count[chamber] > 50;
        for (double& c : coefficient_[chamber]) c /= std::max(count[chamber], 1);
    }
}

double HeartVolumes::share(int chamber, Amplitudes const& amplitude) const
{
    // In the order of for_each_product().
    double const* c = coefficient_[std::size_t(chamber)].data();
    double sum = *c++;
    for (std::size_t i = 0; i < heart_modes; ++i) {
        double with_first = *c++;
        for (std::size_t j = i; j < heart_modes; ++j) {
            double with_second = *c++;
            for (std::size_t k = j; k < heart_modes; ++k) with_second += *c++ * double(amplitude[k]);
            with_first += with_second * double(amplitude[j]);
        }
        sum += with_first * double(amplitude[i]);
    }
    return sum;
}

Amplitudes HeartVolumes::amplitudes(std::array<double, chamber_count> const& wanted) const
{
    Amplitudes amplitude{};
    std::array<double, chamber_count> share_wanted{};
    for (std::size_t c = 0; c < chamber_count; ++c) share_wanted[c] = std::clamp(wanted[c], least_share, most_share);
    if (is_known_[0]) {
        double const ejected = (1 - share_wanted[0]) / (1 - systolic_share[0]);
        amplitude[systole] = float(ejected);
        amplitude[twist] = float(full_twist_rad * ejected);
    }
    // Each cavity by its own mode, by turns, until all are right.
    for (int turn = 0; turn < 30; ++turn) {
        double worst = 0;
        for (int c = 0; c < chamber_count; ++c) {
            if (!is_known_[std::size_t(c)]) continue;
            float& own = amplitude[std::size_t(own_mode[std::size_t(c)])];
            constexpr float step = 0.01F;
            double const now = share(c, amplitude), miss = now - share_wanted[std::size_t(c)];
            worst = std::max(worst, std::abs(miss));
            own += step;
            double const slope = (share(c, amplitude) - now) / double(step);
            own -= step;
            double const most = most_amplitude[std::size_t(c)];
            if (std::abs(slope) > 1e-4) own = float(std::clamp(double(own) - miss / slope, -most, most));
        }
        if (worst < 1e-4) break;
    }
    return amplitude;
}

} // namespace fluoro::motion
