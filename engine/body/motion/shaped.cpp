#include "shaped.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro::motion {

namespace {

using Four = Mode::Four;
constexpr int conjugate_steps = 25;
constexpr double enough_gain = 1e-3; // of the energy, by a step
constexpr float floor_weight = 300;  // of volumes below their least

float sum3(Four const& v)
{
    return v[0] + v[1] + v[2];
}
float dot(Four const& a, Four const& b)
{
    return sum3(a * b);
}
Four cross(Four const& a, Four const& b)
{
    return Four{a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0], 0};
}
Four scaled(float s, Four const& v)
{
    return Four{s, s, s, s} * v;
}
/// Quarters of a cell, where volumes are wanted, and near its corners, where the least of a linear cell is found.
constexpr float quarter = 0.25F, corner_inset = 0.06F;

Cell place_of(FieldGrid const& grid, std::size_t first, int place, float inset)
{
    Cell cell;
    cell.first = first;
    cell.row = std::size_t(grid.size.x);
    cell.plane = cell.row * std::size_t(grid.size.y);
    cell.x = place & 1 ? 1 - inset : inset;
    cell.y = place & 2 ? 1 - inset : inset;
    cell.z = place & 4 ? 1 - inset : inset;
    return cell;
}

/// How the volume at one place answers to the derivatives there, and how much that counts.
struct Answer {
    Four by_x{}, by_y{}, by_z{};
    float pull = 0, stiffness = 0; ///< first and second derivative of the energy by the volume
};

class Shaper {
public:
    explicit Shaper(ShapeWishes const& w) : w_{w}, spacing_{w.grid.spacing_mm}, now_{w.start}
    {
        std::size_t const points = now_.size();
        plane_ = std::size_t(w.grid.size.x) * std::size_t(w.grid.size.y);
        cells_.resize(std::size_t(w.grid.size.z));
        for_each_point(w.grid, [&](glm::ivec3 const& at, std::size_t n) {
            if (glm::any(glm::equal(at, w.grid.size - 1))) return;
            bool is_wanted = false, is_free = false;
            for (int p = 0; p < ShapeWishes::places; ++p)
                is_wanted = is_wanted || w.wish[n * ShapeWishes::places + std::size_t(p)].weight > 0;
            for (int corner = 0; corner < 8; ++corner)
                is_free = is_free ||
                          w.hold[number_of(w.grid, at + glm::ivec3{corner & 1, corner >> 1 & 1, corner >> 2})] >= 0;
            if (is_wanted && is_free) cells_[std::size_t(at.z)].push_back(n);
        });
        answer_.resize(2 * points * ShapeWishes::places);
        for (auto const& plane : cells_)
            for (std::size_t const n : plane)
                for (int p = 0; p < ShapeWishes::places; ++p)
                    ++count_[w.wish[n * ShapeWishes::places + std::size_t(p)].group];
    }

    std::vector<Mode> run()
    {
        double energy = look(now_);
        for (int step = 0; step < w_.steps; ++step) {
            answer_all();
            std::vector<Four> const way = solve();
            bool is_better = false;
            for (float share = 1; share > 0.1F && !is_better; share *= 0.5F) {
                std::vector<Mode> next = now_;
                for (std::size_t n = 0; n < next.size(); ++n) next[n].v += scaled(share, way[n]);
                double const there = look(next);
                if (there >= energy) continue;
                is_better = true;
                now_ = std::move(next);
                if (energy - there < enough_gain * energy) step = w_.steps;
                energy = there;
            }
            if (!is_better) break;
        }
        return now_;
    }

private:
    /// Calls see(z) for all planes of cells, even ones before odd ones, so that no two at once share a point.
    template <class See> void for_each_plane(See const& see) const
    {
        int const planes = w_.grid.size.z;
        for (int parity = 0; parity < 2; ++parity)
            parallel_for((planes - parity + 1) / 2, [&](int first, int last) {
                for (int n = first; n < last; ++n) see(std::size_t(2 * n + parity));
            });
    }
    template <class See> void for_each_place(std::size_t z, See const& see) const
    {
        for (std::size_t const n : cells_[z])
            for (int p = 0; p < ShapeWishes::places; ++p) {
                VolumeWish const& wish = w_.wish[n * ShapeWishes::places + std::size_t(p)];
                if (wish.weight <= 0) continue;
                std::size_t const number = 2 * (n * ShapeWishes::places + std::size_t(p));
                see(number, place_of(w_.grid, n, p, quarter), wish, false);
                see(number + 1, place_of(w_.grid, n, p, corner_inset), wish, true);
            }
    }
    struct Columns {
        Four x, y, z;
    };
    Columns columns_at(Cell const& cell, std::vector<Mode> const& at) const
    {
        Slope const s = linear_with_slope(cell, spacing_, [&](std::size_t n) { return at[n] + w_.added[n]; });
        return {s.by_x.v + Four{1, 0, 0, 0}, s.by_y.v + Four{0, 1, 0, 0}, s.by_z.v + Four{0, 0, 1, 0}};
    }

    double bend(std::vector<Mode> const& at, std::vector<Four>* pull) const;
    double look(std::vector<Mode> const& at) const;
    void answer_all();
    std::vector<Four> solve() const;
    void multiply(std::vector<Four> const& v, std::vector<Four>& out) const;
    using Corners = std::array<Four, 8>; ///< of a cell; x fastest
    std::size_t corner_of(std::size_t first, std::size_t corner) const
    {
        return first + (corner & 1) + (corner & 2 ? std::size_t(w_.grid.size.x) : 0) + (corner & 4 ? plane_ : 0);
    }
    Corners corners_of(std::size_t first, std::vector<Four> const& v) const;
    static float growth(Cell const& cell, Answer const& a, Corners const& c);
    static void spread(Cell const& cell, Answer const& a, float by, Corners& to);
    void add(std::size_t first, Corners const& c, std::vector<Four>& out) const;
    /// `by` times what a place answers, onto its cell's corners.
    void spread_to(Cell const& cell, Answer const& a, float by, std::vector<Four>& out) const
    {
        Corners to{};
        spread(cell, a, by / float(spacing_), to);
        add(cell.first, to, out);
    }

    ShapeWishes const& w_;
    double spacing_;
    std::size_t plane_ = 0;
    std::vector<Mode> now_;
    std::vector<std::vector<std::size_t>> cells_; ///< by plane: first points of those that matter
    std::array<int, ShapeWishes::groups> count_{};
    std::vector<Answer> answer_;
    std::array<std::vector<Four>, ShapeWishes::groups> mean_answer_;
    std::array<float, ShapeWishes::groups> mean_miss_{};
};

/// Energy of everything at a displacement.
double Shaper::look(std::vector<Mode> const& at) const
{
    struct Sum {
        double energy = 0;
        std::array<double, ShapeWishes::groups> miss{};
    };
    std::vector<Sum> sums(cells_.size());
    for_each_plane([&](std::size_t z) {
        for_each_place(z, [&](std::size_t, Cell const& cell, VolumeWish const& wish, bool is_corner) {
            Columns const c = columns_at(cell, at);
            float const volume = dot(c.x, cross(c.y, c.z));
            if (is_corner) {
                if (volume < wish.least)
                    sums[z].energy += double(floor_weight) * std::pow(double(volume / wish.least) - 1, 2);
                return;
            }
            float const miss = volume / wish.volume - 1;
            sums[z].energy += double(wish.weight * miss * miss);
            sums[z].miss[wish.group] += double(miss);
        });
    });
    Sum all;
    for (Sum const& s : sums) {
        all.energy += s.energy;
        for (std::size_t g = 0; g < all.miss.size(); ++g) all.miss[g] += s.miss[g];
    }
    for (std::size_t g = 1; g < all.miss.size(); ++g)
        if (count_[g] > 0) all.energy += double(w_.mean_weight[g]) * count_[g] * std::pow(all.miss[g] / count_[g], 2);
    return all.energy + bend(at, nullptr);
}

/// Energy of leaving the start and of bending; `pull`: minus its derivative, halved, on top of what is there.
double Shaper::bend(std::vector<Mode> const& at, std::vector<Four>* pull) const
{
    double energy = 0;
    for_each_point(w_.grid, [&](glm::ivec3 const& place, std::size_t n) {
        if (w_.hold[n] > 0) {
            Four const off = at[n].v - w_.start[n].v;
            energy += double(w_.hold[n] * dot(off, off));
            if (pull) (*pull)[n] -= scaled(w_.hold[n], off);
        }
        if (w_.smooth[n] <= 0) return;
        std::size_t const stride[3] = {1, std::size_t(w_.grid.size.x), plane_};
        for (int axis = 0; axis < 3; ++axis) {
            if (place[axis] == 0 || place[axis] == w_.grid.size[axis] - 1) continue;
            std::size_t const low = n - stride[axis], high = n + stride[axis];
            Four const second = at[low].v + at[high].v - scaled(2, at[n].v);
            energy += double(w_.smooth[n] * dot(second, second));
            if (!pull) continue;
            Four const by = scaled(w_.smooth[n], second);
            (*pull)[low] -= by;
            (*pull)[high] -= by;
            (*pull)[n] += scaled(2, by);
        }
    });
    return energy;
}

Shaper::Corners Shaper::corners_of(std::size_t first, std::vector<Four> const& v) const
{
    Corners c;
    for (std::size_t corner = 0; corner < 8; ++corner) c[corner] = v[corner_of(first, corner)];
    return c;
}

/// What a displacement of the corners changes at a place, in steps of the lattice.
float Shaper::growth(Cell const& cell, Answer const& a, Corners const& c)
{
    Four const x00 = c[1] - c[0], x10 = c[3] - c[2], x01 = c[5] - c[4], x11 = c[7] - c[6];
    Four const a00 = c[0] + scaled(cell.x, x00), a10 = c[2] + scaled(cell.x, x10);
    Four const a01 = c[4] + scaled(cell.x, x01), a11 = c[6] + scaled(cell.x, x11);
    Four const y0 = a10 - a00, y1 = a11 - a01, b0 = a00 + scaled(cell.y, y0), b1 = a01 + scaled(cell.y, y1);
    Four const x0 = x00 + scaled(cell.y, x10 - x00), x1 = x01 + scaled(cell.y, x11 - x01);
    return sum3(a.by_x * (x0 + scaled(cell.z, x1 - x0)) + a.by_y * (y0 + scaled(cell.z, y1 - y0)) + a.by_z * (b1 - b0));
}

/// The other way round.
void Shaper::spread(Cell const& cell, Answer const& a, float by, Corners& to)
{
    Four const x = scaled(by, a.by_x), y = scaled(by, a.by_y), z = scaled(by, a.by_z);
    for (std::size_t jk = 0; jk < 4; ++jk) {
        float const wy = jk & 1 ? cell.y : 1 - cell.y, wz = jk & 2 ? cell.z : 1 - cell.z;
        Four const along = scaled(wy * wz, x);
        Four const across = scaled(jk & 1 ? wz : -wz, y) + scaled(jk & 2 ? wy : -wy, z);
        Four const high = scaled(cell.x, across);
        to[2 * jk] += across - high - along;
        to[2 * jk + 1] += high + along;
    }
}

void Shaper::add(std::size_t first, Corners const& c, std::vector<Four>& out) const
{
    for (std::size_t corner = 0; corner < 8; ++corner) out[corner_of(first, corner)] += c[corner];
}

void Shaper::answer_all()
{
    std::vector<std::array<double, ShapeWishes::groups>> miss(cells_.size());
    for_each_plane([&](std::size_t z) {
        for_each_place(z, [&](std::size_t n, Cell const& cell, VolumeWish const& wish, bool is_corner) {
            Columns const c = columns_at(cell, now_);
            Answer& a = answer_[n];
            a = {};
            a.by_x = cross(c.y, c.z);
            a.by_y = cross(c.z, c.x);
            a.by_z = cross(c.x, c.y);
            float const volume = dot(c.x, a.by_x), off = volume / wish.volume - 1;
            if (is_corner) {
                if (volume >= wish.least) return;
                a.pull = floor_weight * (volume / wish.least - 1) / wish.least;
                a.stiffness = floor_weight / (wish.least * wish.least);
                return;
            }
            a.pull = wish.weight * off / wish.volume;
            a.stiffness = wish.weight / (wish.volume * wish.volume);
            miss[z][wish.group] += double(off);
        });
    });
    for (std::size_t g = 1; g < ShapeWishes::groups; ++g) {
        mean_answer_[g].clear();
        if (count_[g] == 0 || w_.mean_weight[g] <= 0) continue;
        double sum = 0;
        for (auto const& m : miss) sum += m[g];
        mean_miss_[g] = float(sum / count_[g]);
        mean_answer_[g].assign(now_.size(), Four{});
        for_each_plane([&](std::size_t z) {
            for_each_place(z, [&](std::size_t n, Cell const& cell, VolumeWish const& wish, bool is_corner) {
                if (wish.group == g && !is_corner)
                    spread_to(cell, answer_[n], 1 / (wish.volume * float(count_[g])), mean_answer_[g]);
            });
        });
        for (std::size_t n = 0; n < now_.size(); ++n)
            if (w_.hold[n] < 0) mean_answer_[g][n] = Four{};
    }
}

double dot(std::vector<Four> const& a, std::vector<Four> const& b)
{
    double sum = 0;
    for (std::size_t n = 0; n < a.size(); ++n) sum += double(dot(a[n], b[n]));
    return sum;
}

void Shaper::multiply(std::vector<Four> const& v, std::vector<Four>& out) const
{
    std::ranges::fill(out, Four{});
    for_each_plane([&](std::size_t z) {
        for (std::size_t const n : cells_[z]) {
            Corners const from = corners_of(n, v);
            Corners to{};
            bool is_any = false;
            for (std::size_t p = 0; p < 2 * ShapeWishes::places; ++p) {
                Answer const& a = answer_[2 * n * ShapeWishes::places + p];
                if (a.stiffness == 0) continue;
                is_any = true;
                Cell const cell = place_of(w_.grid, 0, int(p / 2), p % 2 == 0 ? quarter : corner_inset);
                float const grows = growth(cell, a, from) / float(spacing_);
                spread(cell, a, a.stiffness * grows / float(spacing_), to);
            }
            if (!is_any) continue;
            add(n, to, out);
        }
    });
    // Staying and bending are quadratic: row by row of points.
    int const planes = w_.grid.size.z;
    std::size_t const stride[3] = {1, std::size_t(w_.grid.size.x), plane_};
    parallel_for(planes, [&](int first, int last) {
        for (std::size_t n = std::size_t(first) * plane_; n < std::size_t(last) * plane_; ++n) {
            if (w_.hold[n] < 0) continue; // the border is among these
            out[n] += scaled(w_.hold[n], v[n]);
            for (std::size_t const step : stride)
                for (int beside = -1; beside <= 1; ++beside) {
                    std::size_t const middle = beside < 0 ? n - step : beside > 0 ? n + step : n;
                    if (w_.smooth[middle] <= 0) continue;
                    Four const second = v[middle - step] + v[middle + step] - scaled(2, v[middle]);
                    out[n] += scaled(beside == 0 ? -2 * w_.smooth[middle] : w_.smooth[middle], second);
                }
        }
    });
    for (std::size_t g = 1; g < ShapeWishes::groups; ++g) {
        if (mean_answer_[g].empty()) continue;
        double const mean = dot(mean_answer_[g], v);
        float const by = float(mean) * w_.mean_weight[g] * float(count_[g]);
        for (std::size_t n = 0; n < out.size(); ++n) out[n] += scaled(by, mean_answer_[g][n]);
    }
    for (std::size_t n = 0; n < out.size(); ++n)
        if (w_.hold[n] < 0) out[n] = Four{};
}

std::vector<Four> Shaper::solve() const
{
    std::size_t const points = now_.size();
    std::vector<Four> way(points, Four{}), left(points, Four{}), to(points), near(points), out(points);
    std::vector<float> scale(points, 0);
    for_each_plane([&](std::size_t z) {
        for_each_place(z, [&](std::size_t n, Cell const& cell, VolumeWish const&, bool) {
            Answer const& a = answer_[n];
            if (a.stiffness == 0) return;
            spread_to(cell, a, -a.pull, left);
            float const size = a.stiffness * (dot(a.by_x, a.by_x) + dot(a.by_y, a.by_y) + dot(a.by_z, a.by_z)) / 3;
            for (std::size_t corner = 0; corner < 8; ++corner)
                scale[corner_of(cell.first, corner)] += 0.1F * size / float(spacing_ * spacing_);
        });
    });
    bend(now_, &left);
    for (std::size_t g = 1; g < ShapeWishes::groups; ++g) {
        if (mean_answer_[g].empty()) continue;
        float const by = mean_miss_[g] * w_.mean_weight[g] * float(count_[g]);
        for (std::size_t n = 0; n < points; ++n) left[n] -= scaled(by, mean_answer_[g][n]);
    }
    for (std::size_t n = 0; n < points; ++n) {
        bool const is_free = w_.hold[n] >= 0;
        scale[n] = is_free ? 1 / (scale[n] + w_.hold[n] + 18 * w_.smooth[n] + 1e-9F) : 0;
        left[n] = scaled(is_free ? 1 : 0, left[n]);
        to[n] = near[n] = scaled(scale[n], left[n]);
    }
    double product = dot(left, near);
    double const enough = 1e-6 * product;
    for (int step = 0; step < conjugate_steps && product > enough; ++step) {
        multiply(to, out);
        double const along = dot(to, out);
        if (along <= 0) break;
        auto const by = float(product / along);
        for (std::size_t n = 0; n < points; ++n) {
            way[n] += scaled(by, to[n]);
            left[n] -= scaled(by, out[n]);
            near[n] = scaled(scale[n], left[n]);
        }
        double const next = dot(left, near);
        auto const keep = float(next / product);
        product = next;
        for (std::size_t n = 0; n < points; ++n) to[n] = near[n] + scaled(keep, to[n]);
    }
    return way;
}

} // namespace

std::vector<Mode> shaped(ShapeWishes const& wishes)
{
    return Shaper{wishes}.run();
}

} // namespace fluoro::motion
