#include "tube_picture.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fluoro {

namespace {

constexpr double collapsed_mm = 2.5; ///< radius of a circle as large as the gullet's lumen at rest: 20 mm2
constexpr double least_mm2 = 0.02;   ///< of barium or gas in the cross-section that is drawn
constexpr double parcel_mm = 1;
constexpr double layer_mm = 0.65; ///< between discs, so that they merge on the outside of a bend too
/// Share of gravity across the tube from and at which liquid and gas lie on each other.
constexpr double begins_to_lie = 0.15, lies = 0.5;
/// Share of a wide tube's cross-section above which liquid is a pool, not a trickle.
constexpr double pooled = 0.003;
/// Throat and its sphincter, filled: twice as wide as deep (typical); the gullet is round so far below.
constexpr double throat_aspect = 2, becomes_round_mm = 30;

double smooth(double t)
{
    t = std::clamp(t, 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

double circle_mm(double mm2)
{
    return std::sqrt(mm2 / std::numbers::pi);
}

} // namespace

BasisDensities soft_tissue()
{
    return basis_densities(45);
}

TubePicture::TubePicture(TubeFluid const& tube, Volume const& ct, int first_open, int last_open, double place_mm,
                         int flat_before)
    : wide_{tube, ct, place_mm}
{
    Mat4 const index_from_patient = ct.grid.index_from_patient();
    auto const& middle = tube.cells().middle_mm;
    int const last = tube.cells().count() - 1;
    auto const at = [&](int i) { return middle[std::size_t(std::clamp(i, 0, last))]; };
    for (int i = 0; i <= last; ++i) {
        glm::ivec3 const voxel{glm::round(map_point(index_from_patient, at(i)))}, size = ct.grid.size;
        bool is_air = false;
        if (((i >= first_open && i < last_open) || tube.stands_open(i)) &&
            glm::all(glm::greaterThanEqual(voxel, glm::ivec3{0})) && glm::all(glm::lessThan(voxel, size)))
            is_air = ct.hu[(std::size_t(voxel.z) * std::size_t(size.y) + std::size_t(voxel.y)) * std::size_t(size.x) +
                           std::size_t(voxel.x)] < -500;
        is_air_.push_back(is_air);
        is_wide_.push_back(tube.stands_open(i) && wide_.room_mm3(i) > 0);
        // Directions of so long a stretch that rings as wide as the tube do not cross in its bends.
        constexpr int reach = 2;
        Frame frame{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}, Vec3{0}};
        if (last > 0) frame.along = glm::normalize(at(i + reach) - at(i - reach));
        double const below = i < flat_before ? 0 : tube.cells().centre_mm(i) - tube.cells().centre_mm(flat_before);
        if (flat_before > 0)
            frame.widening = std::sqrt(std::lerp(throat_aspect, 1.0, smooth(below / becomes_round_mm)));
        Vec3 const before = i < flat_before   ? Vec3{1, 0, 0}
                            : frames_.empty() ? Vec3{0.3, 0.8, 0.5}
                                              : frames_.back().side;
        Vec3 const side = before - frame.along * glm::dot(frame.along, before);
        frame.side = glm::normalize(glm::length(side) > 1e-3 ? side : glm::cross(frame.along, Vec3{0.6, 0, 0.8}));
        frame.up = glm::cross(frame.along, frame.side);
        frames_.push_back(frame);
    }
    for (int i = 1; i < last; ++i) {
        auto const cell = std::size_t(i);
        frames_[cell].bend = (frames_[cell + 1].along - frames_[cell - 1].along) / glm::length(at(i + 1) - at(i - 1));
    }
}

bool TubePicture::is_beside(int cell, int other) const
{
    return other >= 0 && other < int(is_wide_.size()) && is_wide_[std::size_t(cell)] == is_wide_[std::size_t(other)];
}

/// A quarter from either neighbour: what jumps from cell to cell is the cells', not the liquid's. The film of a wall
/// that stands open is drawn by itself.
TubePicture::Filling TubePicture::filling(TubeFluid const& tube, int cell) const
{
    Filling sum;
    for (int off = -1; off <= 1; ++off) {
        int const i = is_beside(cell, cell + off) ? cell + off : cell;
        Portion const held = tube.held(i), film = is_wide_[std::size_t(i)] ? Portion{} : tube.film(i);
        double const weight = (off == 0 ? 0.5 : 0.25) / tube.cells().length_mm[std::size_t(i)];
        sum.liquid_mm2 += weight * (held.liquid_mm3 + film.liquid_mm3);
        sum.gas_mm2 += weight * held.gas_mm3;
        sum.solids_mg_mm += weight * (held.solids_mg + film.solids_mg);
    }
    return sum;
}

/// Discs of rings of parcels, one about every parcel's length, as wide as what is drawn; where liquid and gas lie on
/// each other, each at its own side of the tube.
void TubePicture::sweep_cell(TubeCells const& cells, std::span<Share const> shares, int cell, Vec3 const& towards,
                             ContentParcels& to) const
{
    auto const i = std::size_t(cell);
    Share const& own = shares[i];
    std::size_t const first = to.at_mm.size();
    auto const other = [&](int n) { return is_beside(cell, n) ? std::size_t(n) : i; };
    double const length = cells.length_mm[i];
    int const layers = std::max(1, int(std::ceil(length / layer_mm)));
    double sum = 0;
    for (int layer = 0; layer < layers; ++layer) {
        // From the middle half a cell to either side.
        double const off = (layer + 0.5) / layers - 0.5;
        std::size_t const next = other(off < 0 ? cell - 1 : cell + 1);
        double const share = std::abs(off);
        double const own_mm2 = std::lerp(own.own_mm2, shares[next].own_mm2, share);
        double const whole_mm2 = std::lerp(own.whole_mm2, shares[next].whole_mm2, share);
        Frame const& here = frames_[i];
        Frame const& there = frames_[next];
        Vec3 const middle = next == i ? cells.middle_mm[i] + here.along * (off * length)
                                      : glm::mix(cells.middle_mm[i], cells.middle_mm[next], share);
        Vec3 const side = glm::normalize(glm::mix(here.side, there.side, share));
        Vec3 const up = glm::normalize(glm::mix(here.up, there.up, share));
        Vec3 const across = towards - here.along * glm::dot(here.along, towards);
        double const lying = glm::length(across);
        double const wide = std::max(collapsed_mm, circle_mm(whole_mm2));
        double const radius = std::max(std::min(wide, collapsed_mm), circle_mm(own_mm2));
        double const widening = std::lerp(here.widening, there.widening, share);
        Vec3 const level = lying > 0 ? across / lying : Vec3{0};
        double const deep = glm::length(Vec2{glm::dot(level, side) * widening, glm::dot(level, up) / widening});
        Vec3 const shift =
            level * (smooth((lying - begins_to_lie) / (lies - begins_to_lie)) * std::max(0.0, wide - radius) * deep);
        int const rings = std::max(1, int(std::lround(radius * widening / parcel_mm)));
        constexpr double golden = 2.399963; // turns one layer's parcels from the next one's
        for (int ring = 0; ring < rings; ++ring) {
            double const inner = double(ring) / rings, outer = double(ring + 1) / rings;
            double const at =
                2 * radius / 3 * (outer * outer * outer - inner * inner * inner) / (outer * outer - inner * inner);
            int const count = std::max(3, int(std::lround(2 * std::numbers::pi * (ring + 0.5))));
            double const weight = own_mm2 * (outer * outer - inner * inner) / count;
            double const step = 2 * std::numbers::pi / count, start = golden * (cell * layers + layer) + 0.5 * ring;
            double const c = std::cos(step), s = std::sin(step);
            double x = at * std::cos(start), y = at * std::sin(start);
            for (int k = 0; k < count; ++k) {
                Vec3 const from_axis = side * (x * widening) + up * (y / widening) + shift;
                // Inside of a bend less of the tube lies between two discs than outside of it.
                double const room = std::max(0.1, 1 - glm::dot(here.bend, from_axis));
                to.at_mm.emplace_back(middle + from_axis);
                to.volume_mm3.push_back(float(weight * room));
                sum += weight * room;
                double const turned = c * x - s * y;
                y = s * x + c * y;
                x = turned;
            }
        }
    }
    for (std::size_t k = first; k < to.volume_mm3.size(); ++k) to.volume_mm3[k] *= float(own.drawn_mm3 / sum);
}

void TubePicture::sweep(TubeCells const& cells, std::span<Share const> shares, Vec3 const& towards,
                        Stack const& to) const
{
    for (int i = 0; i < cells.count(); ++i) {
        auto const cell = std::size_t(i);
        if (shares[cell].drawn_mm3 <= least_mm2 * cells.length_mm[cell] || shares[cell].own_mm2 <= 0) continue;
        ContentParcels* const parcels = is_air_[cell] ? to.air : to.tissue;
        if (parcels) sweep_cell(cells, shares, i, towards, *parcels);
    }
}

/// Along the tube, from where a level surface meets one wall to where it meets the other; no more than it is wide.
double TubePicture::slant(TubeCells const& cells, int cell, Vec3 const& down) const
{
    auto const i = std::size_t(cell);
    double const along = std::abs(glm::dot(down, frames_[i].along)),
                 across = std::sqrt(std::max(0.0, 1 - along * along));
    return 2 * circle_mm(cells.open_mm2[i]) * std::min(1.0, across / std::max(along, 1e-9));
}

TubePicture::Parcels TubePicture::barium(TubeFluid const& tube, double strongest_mg_mm3, Vec3 const& down) const
{
    TubeCells const& cells = tube.cells();
    int const count = cells.count();
    ContentParcels narrow_tissue{{}, {}, parcel_mm, soft_tissue()}, narrow_air{{}, {}, parcel_mm, {}};
    ContentParcels wide_tissue{{}, {}, wide_.size_mm(), soft_tissue()}, wide_air{{}, {}, wide_.size_mm(), {}};
    std::vector<Share> shares(std::size_t(count), Share{});
    for (int i = 0; i < count; ++i) {
        auto const cell = std::size_t(i);
        Filling const in = filling(tube, i);
        double const drawn_mm3 = in.solids_mg_mm / strongest_mg_mm3 * cells.length_mm[cell];
        if (!is_wide_[cell]) {
            shares[cell] = {in.liquid_mm2,
                            tube.stands_open(i) ? std::max(cells.open_mm2[cell], in.liquid_mm2 + in.gas_mm2)
                                                : in.liquid_mm2 + in.gas_mm2,
                            drawn_mm3};
            continue;
        }
        // A trickle runs down the wall.
        bool const is_trickle = in.liquid_mm2 <= pooled * cells.open_mm2[cell];
        wide_.coat(i, tube.film(i).solids_mg / strongest_mg_mm3 + (is_trickle ? drawn_mm3 : 0), wide_tissue, wide_air);
    }
    auto const is_pool = [&](int i) {
        return is_wide_[std::size_t(i)] && filling(tube, i).liquid_mm2 > pooled * cells.open_mm2[std::size_t(i)];
    };
    for (int i = 0; i < count; ++i) {
        if (!is_pool(i)) continue;
        int first = i, last = i;
        double liquid = 0, solids = 0, room = 0;
        for (; i < count && is_pool(i); ++i) {
            Filling const in = filling(tube, i);
            liquid += in.liquid_mm2 * cells.length_mm[std::size_t(i)];
            solids += in.solids_mg_mm * cells.length_mm[std::size_t(i)];
            room += wide_.room_mm3(i);
            last = i;
        }
        // As the places show it there may be less room than the cells have.
        while (room < liquid) {
            bool const can_back = first > 0 && is_wide_[std::size_t(first - 1)],
                       can_on = last + 1 < count && is_wide_[std::size_t(last + 1)];
            if (!can_back && !can_on) break;
            bool const back = can_back && (!can_on || glm::dot(down, cells.middle_mm[std::size_t(first - 1)] -
                                                                         cells.middle_mm[std::size_t(last + 1)]) < 0);
            room += wide_.room_mm3(back ? --first : ++last);
        }
        // A level surface cuts aslant into cells above.
        auto const rises = [&](int next, int from) {
            return next >= 0 && next < count && is_wide_[std::size_t(next)] &&
                   glm::dot(down, cells.middle_mm[std::size_t(next)] - cells.middle_mm[std::size_t(from)]) < 0;
        };
        double slant_mm = slant(cells, first, down);
        for (; slant_mm > 0 && rises(first - 1, first); --first) slant_mm -= cells.length_mm[std::size_t(first - 1)];
        slant_mm = slant(cells, last, down);
        for (; slant_mm > 0 && rises(last + 1, last); ++last) slant_mm -= cells.length_mm[std::size_t(last + 1)];
        wide_.fill(first, last, liquid, solids / strongest_mg_mm3 / liquid, down, wide_tissue, wide_air);
    }
    sweep(cells, shares, down, {&narrow_tissue, &narrow_air});
    Parcels parcels;
    for (auto* p : {&narrow_tissue, &wide_tissue}) parcels.in_tissue.push_back(std::move(*p));
    for (auto* p : {&narrow_air, &wide_air}) parcels.in_air.push_back(std::move(*p));
    return parcels;
}

TubePicture::Parcels TubePicture::gas(TubeFluid const& tube, Vec3 const& down) const
{
    TubeCells const& cells = tube.cells();
    ContentParcels narrow{{}, {}, parcel_mm, soft_tissue()}, wide{{}, {}, wide_.size_mm(), soft_tissue()};
    ContentParcels in_air; // where the CT shows gas, more of it makes no difference
    std::vector<Share> shares(std::size_t(cells.count()), Share{});
    for (int i = 0; i < cells.count(); ++i) {
        auto const cell = std::size_t(i);
        if (is_wide_[cell]) {
            // Nothing holds it down there: it is at the top of all that stands open.
            int const first = i;
            double mm3 = tube.held(i).gas_mm3;
            for (; i + 1 < cells.count() && is_wide_[std::size_t(i) + 1]; ++i) mm3 += tube.held(i + 1).gas_mm3;
            wide_.fill(first, i, mm3, 1, -down, wide, in_air);
            continue;
        }
        Filling const in = filling(tube, i);
        shares[cell] = {in.gas_mm2, in.liquid_mm2 + in.gas_mm2, in.gas_mm2 * cells.length_mm[cell]};
    }
    sweep(cells, shares, -down, {&narrow, nullptr});
    Parcels parcels;
    for (auto* p : {&narrow, &wide}) parcels.in_tissue.push_back(std::move(*p));
    return parcels;
}

} // namespace fluoro
