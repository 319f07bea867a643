#include "places.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr int wall_rows = 6; ///< heights at which the chest wall is measured

/// Where a lung is widest at a height.
void add_wall(Places& places, Lattice const& lattice, Mask const& lungs, int side, int k, int row)
{
    int const nx = lattice.size.x, ny = lattice.size.y;
    std::optional<Vec3> lateral, front, back;
    double const sign = side == 2 ? 1 : -1;
    for (int j = 0; j < ny; ++j)
        for (int i = 0; i < nx; ++i) {
            if (lungs[lattice.index(i, j, k)] != side) continue;
            Vec3 const p = lattice.position(i, j, k);
            if (!lateral || sign * p.x > sign * lateral->x) lateral = p;
            if (!front || p.y < front->y) front = p;
            if (!back || p.y > back->y) back = p;
        }
    if (!lateral) return;
    std::string const end = std::string{side == 2 ? "left" : "right"} + "-" + std::to_string(row);
    // The farthest cube's other coordinates jump about on a flat wall: the middle between front and back is steadier.
    places["lung-wall-lateral-" + end] = {lateral->x, (front->y + back->y) / 2, lateral->z};
    places["lung-wall-back-" + end] = *back;
}

Box body_box(Shape const& skin)
{
    return skin.bounds();
}

/// First place inside a shape on a straight way.
std::optional<Vec3> entry(Shape const& shape, Vec3 from, Vec3 const& to)
{
    Vec3 const way = glm::normalize(to - from);
    double const length = glm::length(to - from);
    for (double along = 0; along < length;) {
        double const d = shape.distance_mm(from + along * way);
        if (d < 0.2) return from + along * way;
        along += std::max(d, 0.5);
    }
    return std::nullopt;
}

} // namespace

Places lung_places(Lattice const& lattice, Mask const& lungs, std::function<double(double)> const& middle_x,
                   std::function<double(double)> const& spine_y)
{
    Places places;
    int const nx = lattice.size.x, ny = lattice.size.y, nz = lattice.size.z;
    double const step = lattice.spacing_mm;
    for (int const side : {1, 2}) {
        std::string const name = side == 1 ? "right" : "left";
        // Columns: the highest and the lowest cube of lung.
        std::vector<int> low(std::size_t(nx) * std::size_t(ny), -1), high(low.size(), -1);
        std::size_t count = 0;
        for (int k = 0; k < nz; ++k)
            for (int j = 0; j < ny; ++j)
                for (int i = 0; i < nx; ++i)
                    if (lungs[lattice.index(i, j, k)] == side) {
                        auto const column = std::size_t(j) * std::size_t(nx) + std::size_t(i);
                        if (low[column] < 0) low[column] = k;
                        high[column] = k;
                        ++count;
                    }
        if (double(count) * step * step * step < 200e3) continue; // less than 200 mL
        // What air there is in the middle at the top is a windpipe's or a gullet's.
        std::vector<int> tops = high;
        for (std::size_t c = 0; c < tops.size(); ++c) {
            if (tops[c] < 0) continue;
            Vec3 const p = lattice.position(int(c % std::size_t(nx)), 0, tops[c]);
            if (std::abs(p.x - middle_x(p.z)) < 18) tops[c] = -1;
        }
        int const top = *std::ranges::max_element(tops);
        bool const has_apex = top >= 0 && top < nz - 2;
        if (has_apex) {
            // The middle of the uppermost 4 mm.
            Vec3 middle{0};
            int cubes = 0;
            for (std::size_t c = 0; c < tops.size(); ++c)
                if (tops[c] >= top - int(4 / step)) {
                    middle += lattice.position(int(c % std::size_t(nx)), int(c / std::size_t(nx)), top);
                    ++cubes;
                }
            places["lung-apex-" + name] = middle / double(cubes);
        }
        // The dome: the highest of the lung's lower face away from the heart. Medians against vessels.
        int best = -1, lowest = nz;
        Vec3 recess{0};
        std::vector<std::pair<int, Vec3>> floor; // height of the lower face and where
        auto const column = [&](int x, int y) { return std::size_t(y) * std::size_t(nx) + std::size_t(x); };
        for (int j = 2; j + 2 < ny; ++j)
            for (int i = 2; i + 2 < nx; ++i) {
                int const here = low[column(i, j)];
                if (here < 0) continue;
                Vec3 const p = lattice.position(i, j, here);
                if (here < lowest) lowest = here, recess = p;
                double const aside = std::abs(p.x - middle_x(p.z));
                // The heart lies on the left one's front.
                if (aside < (side == 1 ? 55 : 60) || here < 3 || p.y < spine_y(p.z) - (side == 1 ? 110 : 60)) continue;
                std::vector<int> around;
                for (int dy = -2; dy <= 2; ++dy)
                    for (int dx = -2; dx <= 2; ++dx)
                        if (int const z = low[column(i + dx, j + dy)];
                            z >= 0 && (high[column(i + dx, j + dy)] - z) * step > 50)
                            around.push_back(z);
                if (around.size() < 20) continue;
                auto const mid = around.begin() + std::ptrdiff_t(around.size() / 2);
                std::ranges::nth_element(around, mid);
                floor.emplace_back(*mid, Vec3{p.x, p.y, lattice.position(0, 0, *mid).z});
            }
        // The height that 4 cm2 of it reach: a few columns beside the hilum begin far above.
        auto const enough = std::size_t(400 / (step * step));
        if (floor.size() > enough) {
            std::ranges::nth_element(floor, floor.begin() + std::ptrdiff_t(enough), std::greater<>{},
                                     &std::pair<int, Vec3>::first);
            best = floor[enough].first;
        }
        // A dome that a scan has cut off is its lowest slice.
        bool const has_dome = best > 4 && (best - lowest) * step > 12;
        if (has_dome) {
            // A dome is flat: the middle of what is that high is steadier than its highest column.
            Vec3 middle{0};
            int columns = 0;
            for (auto const& [height, p] : floor)
                if (height >= best && height <= best + int(8 / step)) middle += p, ++columns;
            middle /= double(columns);
            places["diaphragm-dome-" + name] = {middle.x, middle.y, lattice.position(0, 0, best).z};
        }
        if (lowest > 2 && lowest < nz) places["costophrenic-" + name] = recess;
        if (!has_apex || !has_dome) continue;
        for (int row = 1; row <= wall_rows; ++row)
            add_wall(places, lattice, lungs, side, best + (top - best) * row / (wall_rows + 1), row);
    }
    return places;
}

Section skin_of_ct(Findings const& found, Vec3 const& middle)
{
    Lattice const& lattice = found.work.lattice;
    glm::ivec3 const start = lattice.nearest(middle);
    Section section;
    if (!lattice.holds(start) || !found.has_outline) return section;
    // Outward until the body ends; nothing where the CT ends first.
    auto const end = [&](int dx, int dy) -> std::optional<Vec3> {
        glm::ivec3 at = start, last = start;
        for (;; at += glm::ivec3{dx, dy, 0}) {
            if (!lattice.holds(at) || found.work.is_seen[lattice.index(at)] == 0) break;
            if (found.body[lattice.index(at)] != 0) last = at;
        }
        glm::ivec3 const beyond = last + 3 * glm::ivec3{dx, dy, 0};
        if (!lattice.holds(beyond) || found.work.is_seen[lattice.index(beyond)] == 0) return std::nullopt;
        return lattice.position(last) + lattice.spacing_mm / 2 * Vec3{dx, dy, 0};
    };
    section.front = end(0, -1);
    section.back = end(0, 1);
    section.left = end(1, 0);
    section.right = end(-1, 0);
    return section;
}

Section skin_of_model(Shape const& skin, Vec3 const& middle)
{
    Box const box = grown(body_box(skin), 5);
    Section section;
    section.front = entry(skin, {middle.x, box.low.y, middle.z}, middle);
    section.back = entry(skin, {middle.x, box.high.y, middle.z}, middle);
    section.left = entry(skin, {box.high.x, middle.y, middle.z}, middle);
    section.right = entry(skin, {box.low.x, middle.y, middle.z}, middle);
    return section;
}

Places model_places(Anatomy const& anatomy)
{
    Places places = anatomy.plan.places;
    for (auto const& [name, p] : anatomy.lumens.landmarks) places[name] = p;
    // In a CT the windpipe's holes part below where its centre lines do: where the walls of both bronchi meet.
    LumenGraph const& airways = anatomy.lumens.airways;
    if (auto const right = airways.find_edge("main-bronchus-right"), left = airways.find_edge("main-bronchus-left");
        right && left) {
        LumenEdge const &r = airways.edges[std::size_t(*right)], &l = airways.edges[std::size_t(*left)];
        for (std::size_t i = 0; i < std::min(r.points_mm.size(), l.points_mm.size()); ++i)
            if (std::abs(r.points_mm[i].x - l.points_mm[i].x) > r.radii_mm[i] + l.radii_mm[i]) {
                places["carina"] = (r.points_mm[i] + l.points_mm[i]) / 2.0;
                break;
            }
    }
    for (int i = 0; i < levels; ++i) places[name_of(level_at(i))] = anatomy.plan.spine[std::size_t(i)].frame.origin_mm;

    // Lungs as they are drawn, on cubes of 6 mm.
    std::vector<std::pair<Organ const*, std::uint8_t>> lobes;
    Box box{Vec3{1e9}, Vec3{-1e9}};
    for (Organ const& organ : anatomy.organs)
        if (organ.label >= 10 && organ.label <= 14 && organ.rank < Rank::wall) {
            lobes.emplace_back(&organ, organ.label <= 11 ? 2 : 1);
            box = around(box, organ.shape.bounds());
        }
    if (lobes.empty()) return places;
    Lattice lattice;
    lattice.spacing_mm = 4;
    lattice.origin_mm = box.low - 12.0;
    lattice.size = glm::ivec3{(box.high - box.low + 24.0) / lattice.spacing_mm} + 1;
    Mask lungs(lattice.count(), 0);
    for (auto const& [organ, side] : lobes) {
        Box const bounds = organ->shape.bounds();
        glm::ivec3 const low = glm::max(lattice.nearest(bounds.low), glm::ivec3{0});
        glm::ivec3 const high = glm::min(lattice.nearest(bounds.high), lattice.size - 1);
        for (int k = low.z; k <= high.z; ++k)
            for (int j = low.y; j <= high.y; ++j)
                for (int i = low.x; i <= high.x; ++i)
                    if (organ->shape.distance_mm(lattice.position(i, j, k)) < 0) lungs[lattice.index(i, j, k)] = side;
    }
    BodyPlan const& plan = anatomy.plan;
    auto const spine_y = [&plan](double z) {
        auto const v = std::ranges::min_element(
            plan.spine, {}, [z](VertebraPlan const& one) { return std::abs(one.frame.origin_mm.z - z); });
        return v->frame.origin_mm.y + 24 * plan.scale;
    };
    for (auto const& [name, p] : lung_places(
             lattice, lungs, [](double) { return 0.0; }, spine_y))
        places[name] = p;
    return places;
}

Places found_places(Findings const& found)
{
    Places places = found.lung_places;
    auto const add = [&](std::string const& name, std::optional<Vec3> const& p) {
        if (p) places[name] = *p;
    };
    for (auto const& [level, vertebra] : found.spine.vertebrae) places[name_of(level)] = vertebra.centre_mm;
    add("carina", found.carina);
    add("hip-left", found.hip.left);
    add("hip-right", found.hip.right);
    add("jugular-notch", found.jugular_notch);
    return places;
}

} // namespace fluoro
