#include "kept_pictures.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fluoro {
namespace {

/// Points at which displacements are compared, at most; and pictures that are tried together.
constexpr double most_probes = 2000;
constexpr std::size_t most_neighbours = 14;
/// Only pictures this near in the beat and the breath are looked at.
constexpr double near_in_beat = 0.2, near_dome_mm = 8;

bool is_same(FieldGrid const& a, FieldGrid const& b)
{
    return a.origin_mm == b.origin_mm && a.spacing_mm == b.spacing_mm && a.size == b.size;
}

bool covers(PixelRect const& a, PixelRect const& b)
{
    return b.column >= a.column && b.row >= a.row && b.column + b.columns <= a.column + a.columns &&
           b.row + b.rows <= a.row + a.rows;
}

/// How far each probe of a picture is from where it should be.
using Offsets = std::vector<glm::vec4>;

double largest(Offsets const& offsets)
{
    float most = 0;
    for (auto const& offset : offsets) most = std::max(most, glm::dot(offset, offset));
    return std::sqrt(double(most));
}

/// Mean product.
double product(Offsets const& a, Offsets const& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += double(glm::dot(a[i], b[i]));
    return sum / double(a.size());
}

/// Some neighbours and their weights.
struct Mixture {
    std::array<std::size_t, 3> neighbour{};
    std::array<double, 3> weight{};
    double spread = 0; ///< mean square of the neighbours' offsets: what the blend blurs
};

/// Largest offset of a mixture.
double mismatch(Mixture const& mixture, std::vector<Offsets> const& offsets)
{
    Offsets sum(offsets.front().size(), glm::vec4{0});
    for (std::size_t n = 0; n < 3; ++n)
        if (mixture.weight[n] > 0)
            for (std::size_t i = 0; i < sum.size(); ++i)
                sum[i] += float(mixture.weight[n]) * offsets[mixture.neighbour[n]][i];
    return largest(sum);
}

} // namespace

void KeptPictures::use_lattice(FieldGrid const& grid)
{
    if (is_same(grid, grid_)) return;
    pictures_.clear();
    grid_ = grid;
    places_.clear();
    double const points = double(grid.size.x) * grid.size.y * grid.size.z;
    int const step = std::max(1, int(std::ceil(std::cbrt(points / most_probes))));
    for (int k = step / 2; k < grid.size.z; k += step)
        for (int j = step / 2; j < grid.size.y; j += step)
            for (int i = step / 2; i < grid.size.x; i += step)
                places_.push_back((std::size_t(k) * std::size_t(grid.size.y) + std::size_t(j)) *
                                      std::size_t(grid.size.x) +
                                  std::size_t(i));
}

std::vector<glm::vec4> KeptPictures::probes_of(Displacement const& now) const
{
    std::vector<glm::vec4> probes;
    probes.reserve(places_.size());
    for (auto const place : places_)
        probes.emplace_back(now.backward_mm[place], float(mm_per_density) * now.density[place]);
    return probes;
}

std::vector<KeptPictures::Part> KeptPictures::blend(Displacement const& now, PixelRect const& pixels)
{
    use_lattice(now.grid);
    if (!now.cycle || pictures_.empty()) return {};
    auto const probes = probes_of(now);
    struct Neighbour {
        Picture* picture;
        Offsets offsets;
        double square = 0;
    };
    std::vector<Neighbour> near;
    for (auto& picture : pictures_) {
        double const beats = picture.cycle.heart - now.cycle->heart;
        if (!covers(picture.pixels, pixels) || std::abs(beats - std::round(beats)) > near_in_beat ||
            std::abs(picture.cycle.dome_mm - now.cycle->dome_mm) > near_dome_mm)
            continue;
        Offsets offsets(probes.size());
        for (std::size_t i = 0; i < probes.size(); ++i) offsets[i] = picture.probes[i] - probes[i];
        if (largest(offsets) > reach_mm) continue;
        double const square = product(offsets, offsets);
        near.push_back({&picture, std::move(offsets), square});
    }
    if (near.empty()) return {};
    std::stable_sort(near.begin(), near.end(), [](auto const& a, auto const& b) { return a.square < b.square; });
    if (near.size() > most_neighbours) near.resize(most_neighbours);
    std::vector<Offsets> offsets;
    for (auto& one : near) offsets.push_back(std::move(one.offsets));

    // Every one, two and three of them at the weights that come closest to the displacement of now, none negative.
    std::size_t const n = near.size();
    std::vector<double> products(n * n);
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = 0; b <= a; ++b)
            products[a * n + b] = products[b * n + a] = product(offsets[a], offsets[b]);
    auto const dot = [&](std::size_t a, std::size_t b) { return products[a * n + b]; };
    std::vector<Mixture> mixtures;
    auto const consider = [&](Mixture mixture) {
        double rest = 0;
        for (std::size_t a = 0; a < 3; ++a) {
            if (mixture.weight[a] < 0) return;
            mixture.spread += mixture.weight[a] * dot(mixture.neighbour[a], mixture.neighbour[a]);
            for (std::size_t b = 0; b < 3; ++b)
                rest += mixture.weight[a] * mixture.weight[b] * dot(mixture.neighbour[a], mixture.neighbour[b]);
        }
        if (rest <= match_mm * match_mm) mixtures.push_back(mixture);
    };
    for (std::size_t a = 0; a < n; ++a) {
        consider({{a, a, a}, {1, 0, 0}});
        for (std::size_t b = 0; b < a; ++b) {
            // |o_a + s (o_b - o_a)|^2 is least at s.
            double const length = dot(a, a) - 2 * dot(a, b) + dot(b, b);
            if (length <= 0) continue;
            double const s = (dot(a, a) - dot(a, b)) / length;
            consider({{a, b, a}, {1 - s, s, 0}});
            for (std::size_t c = 0; c < b; ++c) {
                double const ac = dot(a, a) - 2 * dot(a, c) + dot(c, c);
                double const across = dot(a, a) - dot(a, b) - dot(a, c) + dot(b, c);
                double const area = length * ac - across * across;
                if (area <= 1e-6 * length * ac) continue; // in one line
                double const to_b = dot(a, a) - dot(a, b), to_c = dot(a, a) - dot(a, c);
                double const wb = (to_b * ac - to_c * across) / area, wc = (to_c * length - to_b * across) / area;
                consider({{a, b, c}, {1 - wb - wc, wb, wc}});
            }
        }
    }
    std::stable_sort(mixtures.begin(), mixtures.end(),
                     [](Mixture const& a, Mixture const& b) { return a.spread < b.spread; });
    for (auto const& mixture : mixtures) {
        if (mismatch(mixture, offsets) > match_mm) continue;
        std::vector<Part> parts;
        ++uses_;
        for (std::size_t i = 0; i < 3; ++i)
            if (mixture.weight[i] > 0) {
                Picture& picture = *near[mixture.neighbour[i]].picture;
                picture.used = uses_;
                parts.push_back({picture.thickness, mixture.weight[i]});
            }
        return parts;
    }
    return {};
}

void KeptPictures::keep(Displacement const& now, PixelRect const& pixels, std::span<glm::vec2 const> thickness)
{
    use_lattice(now.grid);
    auto probes = probes_of(now);
    std::size_t const wanted = thickness.size_bytes() + probes.size() * sizeof(glm::vec4);
    while (!pictures_.empty() && bytes() + wanted > most_bytes_)
        pictures_.erase(std::min_element(pictures_.begin(), pictures_.end(),
                                         [](Picture const& a, Picture const& b) { return a.used < b.used; }));
    pictures_.push_back({now.cycle.value_or(Displacement::Cycle{}),
                         std::move(probes),
                         pixels,
                         {thickness.begin(), thickness.end()},
                         ++uses_});
}

std::size_t KeptPictures::bytes() const
{
    std::size_t sum = 0;
    for (auto const& picture : pictures_) sum += picture.bytes();
    return sum;
}

} // namespace fluoro
