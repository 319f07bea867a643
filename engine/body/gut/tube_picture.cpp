#include "tube_picture.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace fluoro {

namespace {

constexpr double collapsed_mm = 2.5; ///< radius of a circle as large as the gullet's lumen at rest: 20 mm2
constexpr double least_mm2 = 0.02;   ///< of barium or gas in the cross-section that is drawn
constexpr double lying = 0.3;        ///< share of gravity across the tube from which liquid and gas form layers

} // namespace

BasisDensities soft_tissue()
{
    return basis_densities(45);
}

TubePicture::TubePicture(TubeFluid const& tube, Volume const& ct, int first_open, int last_open)
{
    Mat4 const index_from_patient = ct.grid.index_from_patient();
    for (int i = 0; i < tube.cells().count(); ++i) {
        glm::ivec3 const at{glm::round(map_point(index_from_patient, tube.cells().middle_mm[std::size_t(i)]))};
        glm::ivec3 const size = ct.grid.size;
        bool is_air = false;
        if (((i >= first_open && i < last_open) || tube.stands_open(i)) &&
            glm::all(glm::greaterThanEqual(at, glm::ivec3{0})) && glm::all(glm::lessThan(at, size)))
            is_air = ct.hu[(std::size_t(at.z) * std::size_t(size.y) + std::size_t(at.y)) * std::size_t(size.x) +
                           std::size_t(at.x)] < -500;
        is_air_.push_back(is_air);
    }
}

TubePicture::Spot TubePicture::spot(TubeFluid const& tube, int cell, double own_mm2, double other_mm2,
                                    Vec3 const& towards) const
{
    TubeCells const& cells = tube.cells();
    auto const i = std::size_t(cell), last = std::size_t(cells.count()) - 1;
    Vec3 const along = glm::normalize(cells.middle_mm[std::min(last, i + 1)] - cells.middle_mm[i == 0 ? 0 : i - 1]);
    Vec3 const across = towards - along * glm::dot(along, towards);
    double const steep = glm::length(across);
    double const whole =
        tube.stands_open(cell) ? std::max(cells.open_mm2[i], own_mm2 + other_mm2) : own_mm2 + other_mm2;
    double const wide = std::max(collapsed_mm, std::sqrt(whole / std::numbers::pi));
    if (steep > lying) {
        double const radius = std::max(std::min(wide, collapsed_mm), std::sqrt(own_mm2 / std::numbers::pi));
        return {cells.middle_mm[i] + across / steep * (wide - radius), radius,
                own_mm2 / (std::numbers::pi * radius * radius)};
    }
    return {cells.middle_mm[i], wide, own_mm2 / (std::numbers::pi * wide * wide)};
}

template <typename SpotOf> TubePicture::Tubes TubePicture::draw(TubeFluid const& tube, SpotOf const& spot_of) const
{
    Tubes tubes;
    int const n = tube.cells().count();
    ContentTube run;
    auto const close = [&](bool is_air) {
        if (run.points_mm.size() > 1) (is_air ? tubes.in_air : tubes.in_tissue).push_back(run);
        run = {};
    };
    // A run begins and ends at the empty cells beside it, with nothing in them.
    std::optional<Spot> before;
    for (int i = 0; i < n; ++i) {
        std::optional<Spot> const now = spot_of(i);
        if (i > 0 && (now || before)) {
            auto const cell = std::size_t(i);
            Spot const a = before ? *before : Spot{tube.cells().middle_mm[cell - 1], now->radius_mm, 0};
            Spot const b = now ? *now : Spot{tube.cells().middle_mm[cell], before->radius_mm, 0};
            bool const is_air = is_air_[before ? cell - 1 : cell];
            if (run.points_mm.empty()) {
                run.points_mm.push_back(a.at_mm);
                run.radii_mm.push_back(a.radius_mm);
            }
            run.points_mm.push_back(b.at_mm);
            run.radii_mm.push_back(b.radius_mm);
            run.share.push_back(float(std::min(1.0, (a.share + b.share) / 2)));
            bool const next_is_air = is_air_[cell];
            if (!now || next_is_air != is_air) close(is_air);
        }
        before = now;
    }
    if (!run.points_mm.empty()) close(is_air_.back());
    return tubes;
}

/// Per length [mm2], a quarter from either neighbour: what jumps from cell to cell is the cells', not the liquid's.
TubePicture::Filling TubePicture::filling(TubeFluid const& tube, int cell)
{
    Filling sum;
    int const last = tube.cells().count() - 1;
    for (int off = -1; off <= 1; ++off) {
        int const i = std::clamp(cell + off, 0, last);
        Portion const held = tube.held(i), film = tube.film(i);
        double const weight = (off == 0 ? 0.5 : 0.25) / tube.cells().length_mm[std::size_t(i)];
        sum.liquid_mm2 += weight * (held.liquid_mm3 + film.liquid_mm3);
        sum.gas_mm2 += weight * held.gas_mm3;
        sum.solids_mg_mm += weight * (held.solids_mg + film.solids_mg);
    }
    return sum;
}

TubePicture::Tubes TubePicture::barium(TubeFluid const& tube, double strongest_mg_mm3, Vec3 const& down) const
{
    return draw(tube, [&](int i) -> std::optional<Spot> {
        Filling const in = filling(tube, i);
        double const barium = in.solids_mg_mm / strongest_mg_mm3;
        if (!(barium > least_mm2)) return std::nullopt;
        Spot s = spot(tube, i, in.liquid_mm2, in.gas_mm2, down);
        s.share *= std::min(1.0, barium / in.liquid_mm2);
        return s;
    });
}

TubePicture::Tubes TubePicture::gas(TubeFluid const& tube, Vec3 const& down) const
{
    return draw(tube, [&](int i) -> std::optional<Spot> {
        Filling const in = filling(tube, i);
        if (!(in.gas_mm2 > least_mm2)) return std::nullopt;
        return spot(tube, i, in.gas_mm2, in.liquid_mm2, -down);
    });
}

} // namespace fluoro
