#include "../morphology.hpp"
#include "../places.hpp"
#include "findings.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fluoro {

namespace {

constexpr float body_hu = -300;
constexpr float air_hu = -500;
constexpr double least_lung_mm3 = 100e3;

/// One connected region of a slice.
struct Patch {
    std::vector<glm::ivec2> cells;
    Vec2 centre{0}; ///< [cubes]
    double mean_hu = 0;
};

/// Regions of a slice below a threshold, inside a window of cubes.
std::vector<Patch> patches(WorkVolume const& work, int k, float below_hu, glm::ivec2 low, glm::ivec2 high)
{
    Lattice const& lattice = work.lattice;
    low = glm::max(low, glm::ivec2{0});
    high = glm::min(high, glm::ivec2{lattice.size} - 1);
    std::vector<Patch> all;
    if (low.x > high.x || low.y > high.y) return all;
    glm::ivec2 const n = high - low + 1;
    Mask is_open(std::size_t(n.x) * std::size_t(n.y), 0);
    auto const cell = [&](int i, int j) { return std::size_t(j - low.y) * std::size_t(n.x) + std::size_t(i - low.x); };
    for (int j = low.y; j <= high.y; ++j)
        for (int i = low.x; i <= high.x; ++i) is_open[cell(i, j)] = work.hu[lattice.index(i, j, k)] < below_hu;
    std::vector<glm::ivec2> stack;
    for (int j = low.y; j <= high.y; ++j)
        for (int i = low.x; i <= high.x; ++i) {
            if (is_open[cell(i, j)] == 0) continue;
            Patch patch;
            stack.assign(1, {i, j});
            is_open[cell(i, j)] = 0;
            double hu = 0;
            while (!stack.empty()) {
                glm::ivec2 const at = stack.back();
                stack.pop_back();
                patch.cells.push_back(at);
                patch.centre += Vec2{at};
                hu += work.hu[lattice.index(at.x, at.y, k)];
                for (glm::ivec2 const d : {glm::ivec2{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
                    glm::ivec2 const next = at + d;
                    if (next.x < low.x || next.y < low.y || next.x > high.x || next.y > high.y) continue;
                    if (is_open[cell(next.x, next.y)] == 0) continue;
                    is_open[cell(next.x, next.y)] = 0;
                    stack.push_back(next);
                }
            }
            patch.centre /= double(patch.cells.size());
            patch.mean_hu = hu / double(patch.cells.size());
            all.push_back(std::move(patch));
        }
    return all;
}

/// The canal's point at a height.
Vec3 canal_at(SpinePath const& canal, double z)
{
    auto const found = std::ranges::min_element(canal.points_mm, {}, [z](Vec3 const& p) { return std::abs(p.z - z); });
    return *found;
}

/// Follows the windpipe down from a slice; empty unless it is one round hole after another that divides in two.
struct Windpipe {
    std::vector<Patch> rings;
    std::vector<int> slices;
    std::optional<Vec3> carina;
};

Windpipe follow_windpipe(Findings const& found, int top, float below_hu)
{
    WorkVolume const& work = found.work;
    Lattice const& lattice = work.lattice;
    double const square = lattice.spacing_mm * lattice.spacing_mm;
    SpinePath const& canal = found.spine.canal;
    Windpipe pipe;
    auto const window = [&](int k, glm::ivec2& low, glm::ivec2& high) {
        glm::ivec3 const at = lattice.nearest(canal_at(canal, lattice.position(0, 0, k).z));
        int const side = int(45 / lattice.spacing_mm);
        low = {at.x - side, at.y - int(110 / lattice.spacing_mm)};
        high = {at.x + side, at.y - int(14 / lattice.spacing_mm)};
    };
    for (int k = top; k >= 0; --k) {
        glm::ivec2 low, high;
        window(k, low, high);
        auto const all = patches(work, k, below_hu, low, high);
        if (pipe.rings.empty()) {
            Patch const* best = nullptr;
            for (Patch const& patch : all) {
                double const area = double(patch.cells.size()) * square;
                double const offset = std::abs(patch.centre.x - (low.x + high.x) / 2.0) * lattice.spacing_mm;
                if (area > 60 && area < 600 && offset < 30 && (!best || patch.cells.size() > best->cells.size()))
                    best = &patch;
            }
            if (!best) return pipe;
            pipe.rings.push_back(*best);
            pipe.slices.push_back(k);
            continue;
        }
        Patch const& before = pipe.rings.back();
        std::vector<Patch const*> heirs;
        for (Patch const& patch : all) {
            int shared = 0;
            for (glm::ivec2 const& c : patch.cells) shared += std::ranges::find(before.cells, c) != before.cells.end();
            if (shared > 0 && double(patch.cells.size()) * square > 25) heirs.push_back(&patch);
        }
        if (heirs.size() >= 2 && double(pipe.rings.size()) * lattice.spacing_mm > 15) {
            std::ranges::sort(heirs, std::greater<>{}, [](Patch const* p) { return p->cells.size(); });
            Vec2 const a = heirs[0]->centre, b = heirs[1]->centre;
            if (std::abs(a.x - b.x) * lattice.spacing_mm > 8) {
                Vec3 const here = lattice.position(0, 0, k);
                Vec2 const middle = (a + b) / 2.0;
                pipe.carina =
                    Vec3{here.x + middle.x * lattice.spacing_mm, here.y + middle.y * lattice.spacing_mm, here.z};
                return pipe;
            }
        }
        if (heirs.empty()) return pipe;
        Patch const& heir = **std::ranges::max_element(heirs, {}, [](Patch const* p) { return p->cells.size(); });
        double const area = double(heir.cells.size()) * square;
        // It widens before it divides, by less than this; more is a leak into a lung.
        if (area > 900 || area > 3.5 * double(before.cells.size()) * square) return pipe;
        pipe.rings.push_back(heir);
        pipe.slices.push_back(k);
    }
    return pipe;
}

} // namespace

std::optional<Vec3> body_middle(Findings const& found, int slice)
{
    Lattice const& lattice = found.work.lattice;
    Vec3 sum{0};
    int count = 0;
    for (int j = 0; j < lattice.size.y; ++j)
        for (int i = 0; i < lattice.size.x; ++i)
            if (found.body[lattice.index(i, j, slice)] != 0) {
                sum += lattice.position(i, j, slice);
                ++count;
            }
    // Less than 20 cm2 is no section of a trunk or a neck.
    if (count * lattice.spacing_mm * lattice.spacing_mm < 2000) return std::nullopt;
    return sum / double(count);
}

void find_body(Findings& found)
{
    WorkVolume const& work = found.work;
    Lattice const& lattice = work.lattice;
    Mask tissue(work.hu.size());
    for (std::size_t i = 0; i < tissue.size(); ++i) tissue[i] = work.hu[i] > body_hu && work.is_seen[i] != 0;
    // A couch and clothes are thin, or touch the body in a thin place; together they may enclose air.
    Parts const thick = parts_of(lattice, eroded(lattice, tissue, 4), 20e3);
    Mask core(tissue.size(), 0);
    for (std::size_t i = 0; i < core.size(); ++i)
        core[i] = thick.number[i] != 0 && thick.sizes[thick.number[i] - 1u] > thick.sizes[0] / 30;
    Mask const back = dilated(lattice, core, 5.5);
    found.body.assign(tissue.size(), 0);
    for (std::size_t i = 0; i < tissue.size(); ++i) found.body[i] = back[i] != 0 && tissue[i] != 0;
    found.body = filled_by_slice(lattice, found.body);

    // Is there air around it? A crop has none.
    std::size_t rim = 0, body_rim = 0;
    for (int k = 0; k < lattice.size.z; ++k)
        for (int j = 0; j < lattice.size.y; ++j)
            for (int i = 0; i < lattice.size.x; ++i) {
                std::size_t const at = lattice.index(i, j, k);
                auto const is_out = [&](int x, int y) {
                    return !lattice.holds({x, y, k}) || work.is_seen[lattice.index(x, y, k)] == 0;
                };
                if (work.is_seen[at] == 0 ||
                    !(is_out(i - 1, j) || is_out(i + 1, j) || is_out(i, j - 1) || is_out(i, j + 1)))
                    continue;
                ++rim;
                body_rim += work.hu[at] > body_hu || found.body[at] != 0;
            }
    found.has_outline = rim > 0 && 2 * body_rim < rim && std::ranges::count(found.body, 1) > 0;
    if (!found.has_outline)
        found.not_found.push_back("body outline: tissue reaches the CT's sides nearly everywhere; it is a crop");
    found.bone.assign(tissue.size(), 0);
    for (std::size_t i = 0; i < tissue.size(); ++i) found.bone[i] = found.body[i] != 0 && work.hu[i] > 180;
}

void find_lungs(Findings& found)
{
    WorkVolume const& work = found.work;
    Lattice const& lattice = work.lattice;
    Mask const airway = std::ranges::count(found.lungs, 3) > 0 ? found.lungs : Mask(work.hu.size(), 0);
    Mask air(work.hu.size());
    for (std::size_t i = 0; i < air.size(); ++i)
        air[i] = found.body[i] != 0 && work.hu[i] < air_hu && airway[i] != 3 && work.is_seen[i] != 0;
    Parts const parts = parts_of(lattice, air, least_lung_mm3);
    // Gas in the bowel is emptier than any lung, away from its wall.
    auto const is_deep = [&](glm::ivec3 const& at) {
        for (int axis = 0; axis < 3; ++axis)
            for (int const side : {-3, 3}) {
                glm::ivec3 next = at;
                next[axis] += side;
                if (!lattice.holds(next) || air[lattice.index(next)] == 0) return false;
            }
        return true;
    };
    std::vector<double> sum(parts.sizes.size() + 1, 0), deep(sum.size(), 0);
    for (std::size_t i = 0; i < air.size(); ++i)
        if (parts.number[i] != 0 && is_deep(lattice.cell(i)))
            sum[parts.number[i]] += work.hu[i], deep[parts.number[i]] += 1;
    std::vector<bool> is_lung(sum.size(), false);
    for (std::size_t n = 1; n < sum.size(); ++n) is_lung[n] = deep[n] > 0 && sum[n] / deep[n] > -945;

    found.lungs = airway;
    SpinePath const& canal = found.spine.canal;
    // The midline and the spine's back, by slice.
    std::vector<Vec3> spine(std::size_t(lattice.size.z), {(lattice.box().low.x + lattice.box().high.x) / 2, 1e9, 0});
    for (int k = 0; k < lattice.size.z && !canal.points_mm.empty(); ++k)
        spine[std::size_t(k)] = canal_at(canal, lattice.position(0, 0, k).z);
    auto const at_height = [&](double z) {
        return spine[std::size_t(std::clamp(lattice.nearest({0, 0, z}).z, 0, lattice.size.z - 1))];
    };
    for (std::size_t i = 0; i < air.size(); ++i) {
        if (!is_lung[parts.number[i]]) continue;
        glm::ivec3 const cell = lattice.cell(i);
        found.lungs[i] = lattice.position(cell).x < spine[std::size_t(cell.z)].x ? 1 : 2;
    }
    auto const middle_x = [&](double z) { return at_height(z).x; };
    auto const spine_y = [&](double z) { return at_height(z).y; };
    found.lung_places = lung_places(lattice, found.lungs, middle_x, spine_y);
    auto const at = [&](std::string const& name) -> std::optional<Vec3> {
        auto const place = found.lung_places.find(name);
        return place == found.lung_places.end() ? std::nullopt : std::optional{place->second};
    };
    found.lung_apex = {at("lung-apex-right"), at("lung-apex-left")};
    found.dome = {at("diaphragm-dome-right"), at("diaphragm-dome-left")};
    found.costophrenic = {at("costophrenic-right"), at("costophrenic-left")};
    double const cube_mm3 = std::pow(lattice.spacing_mm, 3);
    for (int const side : {1, 2})
        if (double(std::ranges::count(found.lungs, side)) * cube_mm3 < 2 * least_lung_mm3)
            found.not_found.push_back(std::string{side == 1 ? "right" : "left"} +
                                      " lung: less than 200 mL of it in the CT");
}

void find_airway(Findings& found)
{
    WorkVolume const& work = found.work;
    Lattice const& lattice = work.lattice;
    if (found.spine.canal.points_mm.empty() || std::ranges::count_if(found.lungs, [](auto l) { return l != 0; }) == 0) {
        found.not_found.push_back("trachea and carina: no lungs or no spine beside them");
        return;
    }
    Windpipe best;
    for (float const below : {-600.f, -750.f, -850.f})
        for (int top = lattice.size.z - 1; top > lattice.size.z / 2 && !best.carina; top -= 3) {
            Windpipe pipe = follow_windpipe(found, top, below);
            if (pipe.carina || pipe.rings.size() > best.rings.size()) best = std::move(pipe);
        }
    if (!best.carina) {
        found.not_found.push_back("carina: the trachea could not be followed to its division");
        return;
    }
    found.carina = best.carina;
    for (std::size_t n = 0; n < best.rings.size(); ++n) {
        Vec3 const corner = lattice.position(0, 0, best.slices[n]);
        Patch const& ring = best.rings[n];
        found.trachea_mm.push_back(corner + lattice.spacing_mm * Vec3{ring.centre, 0});
        for (glm::ivec2 const& c : ring.cells) found.lungs[lattice.index(c.x, c.y, best.slices[n])] = 3;
    }
}

void find_sternum_and_heart(Findings& found)
{
    WorkVolume const& work = found.work;
    Lattice const& lattice = work.lattice;
    SpinePath const& canal = found.spine.canal;
    if (canal.points_mm.empty() || !found.carina || !(found.dome.right || found.dome.left)) {
        found.not_found.push_back("heart box: no carina or no diaphragm above and below it");
        return;
    }
    double const top = found.carina->z - 40; // below the great vessels
    // Above each side's dome: below it the liver or the stomach lies beside the heart.
    double const floor_left = (found.dome.left ? *found.dome.left : *found.dome.right).z + 3,
                 floor_right = (found.dome.right ? *found.dome.right : *found.dome.left).z + 3;
    // Soft tissue between the lungs in front of the spine.
    Box box{Vec3{1e9}, Vec3{-1e9}};
    for (int k = 0; k < lattice.size.z; ++k) {
        double const z = lattice.position(0, 0, k).z;
        if (z > top || z < std::min(floor_left, floor_right)) continue;
        Vec3 const spine = canal_at(canal, z);
        std::vector<double> widths_left, widths_right, fronts;
        for (int j = 0; j < lattice.size.y; ++j) {
            double const y = lattice.position(0, j, k).y;
            if (y > spine.y - 45) break;
            // From the middle outward until lung begins on both sides.
            int const middle = lattice.nearest(spine).x;
            int left = -1, right = -1;
            for (int i = middle; i < lattice.size.x; ++i)
                if (found.lungs[lattice.index(i, j, k)] == 2) {
                    left = i;
                    break;
                }
            for (int i = middle; i >= 0; --i)
                if (found.lungs[lattice.index(i, j, k)] == 1) {
                    right = i;
                    break;
                }
            if (left < 0 || right < 0) continue;
            widths_left.push_back(lattice.position(left, j, k).x);
            widths_right.push_back(lattice.position(right, j, k).x);
            fronts.push_back(y);
        }
        if (fronts.size() < 8) continue;
        // Hilar vessels stick out of it in a few rows.
        std::ranges::sort(widths_left);
        std::ranges::sort(widths_right);
        double const right = z > floor_right ? widths_right[widths_right.size() / 4] : box.low.x,
                     left = z > floor_left ? widths_left[3 * widths_left.size() / 4] : box.high.x;
        box.low = glm::min(box.low, Vec3{right, fronts.front(), z});
        box.high = glm::max(box.high, Vec3{left, fronts.back(), z});
    }
    if (box.low.x < box.high.x)
        found.heart_box = box;
    else
        found.not_found.push_back("heart box: no soft tissue between two lungs");

    // The sternum: bone in front of the lungs in the middle; its upper end is the jugular notch.
    std::optional<double> notch_z, notch_y;
    for (int k = lattice.size.z - 2; k > 0; --k) {
        double const z = lattice.position(0, 0, k).z;
        if (z < found.carina->z - 20) break;
        Vec3 const spine = canal_at(canal, z);
        int count = 0;
        double y_sum = 0;
        for (int j = 0; j < lattice.size.y; ++j)
            for (int i = 0; i < lattice.size.x; ++i) {
                Vec3 const p = lattice.position(i, j, k);
                if (std::abs(p.x - spine.x) > 10 || p.y > found.carina->y - 35) continue;
                if (found.bone[lattice.index(i, j, k)] == 0 || work.hu[lattice.index(i, j, k)] > 900) continue;
                ++count;
                y_sum += p.y;
            }
        if (count * lattice.spacing_mm * lattice.spacing_mm > 60) {
            notch_z = z;
            notch_y = y_sum / count;
            break;
        }
    }
    if (notch_z && *notch_z < lattice.box().high.z - 8)
        found.jugular_notch = Vec3{canal_at(canal, *notch_z).x, *notch_y, *notch_z};
    else
        found.not_found.push_back("jugular notch: no upper end of the sternum in the CT");
}

} // namespace fluoro
