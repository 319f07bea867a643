#include <fluoro/anatomy/voxelise.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/parallel.hpp>
#include <numeric>

namespace fluoro {

namespace {

constexpr int block_side = 8; ///< voxels
constexpr double air_hu = -1000;

/// One organ as it is drawn: what does not change from voxel to voxel.
struct Brush {
    Organ const* organ;
    Box bounds;
    unsigned seed;

    double hu_at(Vec3 const& p, Depth const& depth) const
    {
        if (organ->hu) return organ->hu(p, depth);
        Tissue const& tissue = organ->tissue;
        return tissue.texture_hu > 0 ? tissue.hu + tissue.texture_hu * noise(p, tissue.texture_mm, seed) : tissue.hu;
    }
};

std::vector<Brush> brushes_of(Anatomy const& anatomy, double spacing_mm)
{
    std::vector<Brush> brushes;
    for (std::size_t i = 0; i < anatomy.organs.size(); ++i) {
        Organ const& organ = anatomy.organs[i];
        brushes.push_back(
            {&organ, grown(organ.shape.bounds(), spacing_mm), unsigned(anatomy.plan.parameters.seed * 7919 + i)});
    }
    std::ranges::stable_sort(brushes, {}, [](Brush const& b) { return int(b.organ->rank); });
    return brushes;
}

/// Draws every organ into one block of voxels.
class Block {
public:
    Block(Patient& patient, glm::ivec3 first, glm::ivec3 count, VoxelSettings const& settings)
        : patient_{patient}, first_{first}, count_{count}, spacing_mm_{settings.spacing_mm}
    {
        double const spacing_mm = spacing_mm_;
        Vec3 const origin = patient.ct.grid.origin_mm;
        low_ = origin + spacing_mm * Vec3{first};
        box_ = {low_ - spacing_mm / 2, low_ + spacing_mm * (Vec3{count} - 0.5)};
        centre_ = (box_.low + box_.high) / 2.0;
        reach_mm_ = glm::length(box_.high - box_.low) / 2 + spacing_mm;
        if (settings.model_from_patient) warp(settings.model_from_patient);
        hu_.fill(air_hu);
        labels_.fill(0);
    }

    void draw(Brush const& brush)
    {
        if (is_empty(overlap(brush.bounds, box_))) return;
        Shape const& shape = brush.organ->shape;
        double const middle = shape.distance_mm(centre_);
        if (middle > reach_mm_) return;
        if (middle < -reach_mm_ || !places_.empty()) {
            draw_part(brush, glm::ivec3{0}, count_, middle, reach_mm_);
            return;
        }
        // The surface passes through: an eighth of the block at a time, most of which it leaves alone.
        glm::ivec3 const half = glm::min(glm::ivec3{block_side / 2}, count_);
        for (int part = 0; part < 8; ++part) {
            glm::ivec3 const upper{part & 1, part >> 1 & 1, part >> 2};
            glm::ivec3 const low = upper * half, high = upper * count_ + (1 - upper) * half;
            if (glm::any(glm::lessThanEqual(high, low))) continue;
            Vec3 const centre = low_ + spacing_mm_ * (Vec3{low + high} - 1.0) / 2.0;
            double const reach = spacing_mm_ * (glm::length(Vec3{high - low}) / 2 + 1);
            double const there = shape.distance_mm(centre);
            if (there <= reach) draw_part(brush, low, high, there, reach);
        }
    }

    void put() const
    {
        Grid const& grid = patient_.ct.grid;
        std::size_t from = 0;
        for (int k = 0; k < count_.z; ++k)
            for (int j = 0; j < count_.y; ++j) {
                std::size_t const to =
                    (std::size_t(first_.z + k) * std::size_t(grid.size.y) + std::size_t(first_.y + j)) *
                        std::size_t(grid.size.x) +
                    std::size_t(first_.x);
                for (int i = 0; i < count_.x; ++i, ++from) {
                    patient_.ct.hu[to + std::size_t(i)] =
                        std::int16_t(std::lround(std::clamp(hu_[from], -1024.0, 32767.0)));
                    patient_.labels[to + std::size_t(i)] = labels_[from];
                }
            }
    }

private:
    /// Voxels from `low` up to before `high`; `middle_mm` is the distance in their middle, of which none is further
    /// than `reach_mm`.
    void draw_part(Brush const& brush, glm::ivec3 const& low, glm::ivec3 const& high, double middle_mm, double reach_mm)
    {
        Organ const& organ = *brush.organ;
        Shape const& shape = organ.shape;
        // What is known of the depth is a lower bound: enough for a texture, and for organs that look no deeper.
        bool const is_whole = middle_mm < -reach_mm && (!organ.hu || -middle_mm - reach_mm >= organ.skin_depth_mm);
        for (int k = low.z; k < high.z; ++k)
            for (int j = low.y; j < high.y; ++j) {
                std::size_t at = std::size_t((k * count_.y + j) * count_.x + low.x);
                for (int i = low.x; i < high.x; ++i, ++at) {
                    if (organ.only_inside != 0 && labels_[at] != organ.only_inside) continue;
                    Vec3 const p = places_.empty() ? low_ + spacing_mm_ * Vec3{i, j, k} : places_[at];
                    if (shape.has_share()) {
                        double const share = shape.share(p, spacing_mm_);
                        if (share > 0) cover(at, brush, p, share, 0);
                        continue;
                    }
                    double const distance = is_whole ? middle_mm : shape.distance_mm(p);
                    double const share = std::clamp(0.5 - distance / spacing_mm_, 0.0, 1.0);
                    if (share <= 0) continue;
                    double const half = spacing_mm_ / 2, to = half - distance;
                    cover(at, brush, p, share, {std::max(0.0, -distance), std::clamp(-half - distance, 0.0, to), to});
                }
            }
    }

    void cover(std::size_t at, Brush const& brush, Vec3 const& p, double share, Depth const& depth)
    {
        hu_[at] += share * (brush.hu_at(p, depth) - hu_[at]);
        if (share >= 0.5) labels_[at] = std::uint16_t(brush.organ->label);
    }

    /// The block as the model sees it: where its voxels are, and how far from its middle.
    void warp(std::function<Vec3(Vec3 const&)> const& model_from_patient)
    {
        centre_ = model_from_patient(centre_);
        reach_mm_ = 0;
        box_ = {centre_, centre_};
        for (int k = 0; k < count_.z; ++k)
            for (int j = 0; j < count_.y; ++j)
                for (int i = 0; i < count_.x; ++i) {
                    Vec3 const p = model_from_patient(low_ + spacing_mm_ * Vec3{i, j, k});
                    reach_mm_ = std::max(reach_mm_, glm::length(p - centre_));
                    box_ = {glm::min(box_.low, p), glm::max(box_.high, p)};
                    places_.push_back(p);
                }
        box_ = grown(box_, spacing_mm_);
        reach_mm_ += spacing_mm_;
    }

    Patient& patient_;
    glm::ivec3 first_, count_;
    std::vector<Vec3> places_; ///< in model space; empty where that is patient space
    double spacing_mm_, reach_mm_ = 0;
    Vec3 low_{0}, centre_{0};
    Box box_;
    std::array<double, block_side * block_side * block_side> hu_;
    std::array<std::uint16_t, block_side * block_side * block_side> labels_;
};

} // namespace

Box region_named(BodyPlan const& plan, std::string_view name)
{
    double const s = plan.scale;
    // Widest outline between the heights, with the subcutaneous fat and 10 mm of air.
    auto const between = [&](double low, double high) {
        Box box{Vec3{0, 0, s * low}, Vec3{0, 0, s * high}};
        for (double z = s * low; z <= s * high; z += 5) {
            BodyPlan::Outline const o = plan.outline(z);
            box.low = glm::min(box.low, Vec3{-o.half_width_mm, o.front_mm, box.low.z});
            box.high = glm::max(box.high, Vec3{o.half_width_mm, o.back_mm, box.high.z});
        }
        // Room for the shoulders, which the outline leaves to the limbs.
        if (high > 300) box = around(box, {s * Vec3{-235, -1, low}, s * Vec3{235, 1, high}});
        box.low -= Vec3{10, 10, 0};
        box.high += Vec3{10, 10, 0};
        return box;
    };
    if (name == "trunk") return between(-290, 440);
    if (name == "chest") return between(25, 400); // under the domes of a deep breath
    if (name == "heart") {
        Vec3 const centre = plan.place("heart-centre");
        return {centre - 80 * s, centre + 80 * s};
    }
    if (name == "spine") return between(-110, 235);
    if (name == "neck") {
        // Chin and nape are the head's, not the outline's.
        Box const box = between(330, 530);
        return around(box, {s * Vec3{-1, -145, 330}, s * Vec3{1, 125, 530}});
    }
    if (name == "head") // with the neck down to the first thoracic vertebra
        return {s * Vec3{-95, -145, 340}, s * Vec3{95, 125, 660}};
    if (name == "whole") {
        Box box = between(-270, 530);
        // Legs below, head above, hands beside.
        box.low = glm::min(box.low, Vec3{0, -190 * s, -1160 * s});
        box.high = glm::max(box.high, Vec3{0, 150 * s, 690 * s});
        for (char const* side : {"-left", "-right"}) {
            Vec3 const elbow = plan.place(std::string{"elbow"} + side), wrist = plan.place(std::string{"wrist"} + side);
            Vec3 const fingertips = wrist + 190 * s * glm::normalize(wrist - elbow);
            box = around(box, grown({fingertips, fingertips}, 70 * s));
        }
        return box;
    }
    throw Error{"no region is called '" + std::string{name} +
                "'; there are: trunk, chest, heart, spine, neck, head, whole"};
}

Box trunk_region(BodyPlan const& plan)
{
    return region_named(plan, "trunk");
}

Patient voxelise(Anatomy const& anatomy, VoxelSettings const& settings)
{
    if (!(settings.spacing_mm >= 0.2 && settings.spacing_mm <= 10))
        throw Error{"a spacing of " + std::to_string(settings.spacing_mm) + " mm is outside 0.2 to 10 mm"};
    if (is_empty(settings.region_mm)) throw Error{"the region to draw is empty"};
    Patient patient;
    Grid& grid = patient.ct.grid;
    grid.spacing_mm = Vec3{settings.spacing_mm};
    grid.size = glm::ivec3{glm::ceil((settings.region_mm.high - settings.region_mm.low) / settings.spacing_mm)};
    grid.origin_mm = settings.region_mm.low + settings.spacing_mm / 2;
    check_grid(grid, "the region to draw");
    patient.ct.hu.assign(grid.voxels(), std::int16_t(air_hu));
    patient.labels.assign(grid.voxels(), 0);
    patient.lumens = anatomy.lumens;
    patient.origin.description = anatomy.plan.parameters.name + " (built in), " + describe(grid);

    std::vector<Brush> const brushes = brushes_of(anatomy, settings.spacing_mm);
    glm::ivec3 const blocks = (grid.size + block_side - 1) / block_side;
    // In an order that gives each core rows from everywhere: the chest costs several times what the thighs do.
    int const rows = blocks.y * blocks.z;
    int stride = std::max(1, int(0.618 * rows));
    while (std::gcd(stride, rows) != 1) ++stride;
    parallel_for(rows, [&](int first, int last) {
        std::vector<Brush const*> near;
        for (int turn = first; turn < last; ++turn) {
            int const row = int(std::int64_t(turn) * stride % rows);
            glm::ivec3 const start{0, row % blocks.y * block_side, row / blocks.y * block_side};
            glm::ivec3 const count = glm::min(glm::ivec3{block_side}, grid.size - start);
            // Organs that this row of blocks can meet at all.
            Box const strip{grid.origin_mm + settings.spacing_mm * (Vec3{start} - 0.5),
                            grid.origin_mm +
                                settings.spacing_mm * (Vec3{grid.size.x, start.y + count.y, start.z + count.z} - 0.5)};
            near.clear();
            for (Brush const& brush : brushes)
                if (settings.model_from_patient || !is_empty(overlap(brush.bounds, strip))) near.push_back(&brush);
            for (int i = 0; i < blocks.x; ++i) {
                glm::ivec3 const at{i * block_side, start.y, start.z};
                Block block{patient, at, glm::min(glm::ivec3{block_side}, grid.size - at), settings};
                for (Brush const* brush : near) block.draw(*brush);
                block.put();
            }
        }
    });
    return patient;
}

std::map<int, double> masses_g(Anatomy const& anatomy, Patient const& voxels)
{
    std::map<int, double> density;
    for (Organ const& organ : anatomy.organs) density[organ.label] = organ.tissue.density_g_cm3;
    std::map<int, std::size_t> counts;
    for (std::uint16_t const label : voxels.labels)
        if (label != 0) ++counts[label];
    Vec3 const& side = voxels.ct.grid.spacing_mm;
    double const voxel_cm3 = side.x * side.y * side.z / 1000;
    std::map<int, double> masses;
    for (auto const& [label, count] : counts) masses[label] = double(count) * voxel_cm3 * density[label];
    return masses;
}

} // namespace fluoro
