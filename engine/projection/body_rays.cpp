#include "body_rays.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

constexpr int field_rays = 32;    ///< along each side of the active field
constexpr int wide_rays = 24;     ///< along each side of the field and what is around it
constexpr double around_mm = 200; ///< on each side of the field
/// Standard deviation of scatter's way sideways in a body 1 cm deep [cm]; it grows with the root of the depth. Chosen
/// with the figures of live_scatter.cpp.
constexpr double sideways_cm = 0.98;
/// Of water, in a beam that has passed a body.
constexpr double usual_attenuation_per_cm = 0.2;
/// How much of a pencil's distance to the detector is the whole field's: broad scatter comes from all around.
constexpr double common_distance = 0.75;

bool is_same(Slab const& a, Slab const& b)
{
    return a.material == b.material && a.density_g_cm3 == b.density_g_cm3 && a.half_extent_mm == b.half_extent_mm &&
           a.patient_from_slab == b.patient_from_slab;
}

bool is_same(View const& a, View const& b)
{
    return a.source_mm == b.source_mm && a.detector_centre_mm == b.detector_centre_mm &&
           a.column_direction == b.column_direction && a.row_direction == b.row_direction;
}

/// Rays are kept while no tissue has moved further than this since: less than a block of the coarse body.
constexpr float near_mm = 4;

bool is_near(std::shared_ptr<Displacement const> const& a, std::shared_ptr<Displacement const> const& b)
{
    if (a == b) return true;
    if (!a || !b || a->grid.size != b->grid.size || a->grid.origin_mm != b->grid.origin_mm) return false;
    for (std::size_t i = 0; i < a->backward_mm.size(); ++i) {
        glm::vec3 const way = a->backward_mm[i] - b->backward_mm[i];
        if (glm::dot(way, way) > near_mm * near_mm) return false;
    }
    return true;
}

/// A place between four neighbours of a lattice.
struct Corner {
    std::size_t index = 0;
    double weight = 0;
};
std::array<Corner, 4> corners(Lattice const& columns, Lattice const& rows, Vec2 at_mm)
{
    double const x = std::clamp((at_mm.x - columns.first_mm) / columns.step_mm, 0.0, columns.count - 1.001);
    double const y = std::clamp((at_mm.y - rows.first_mm) / rows.step_mm, 0.0, rows.count - 1.001);
    auto const c = std::size_t(x), r = std::size_t(y), width = std::size_t(columns.count);
    double const u = x - double(c), v = y - double(r);
    return {{{r * width + c, (1 - u) * (1 - v)},
             {r * width + c + 1, u * (1 - v)},
             {(r + 1) * width + c, (1 - u) * v},
             {(r + 1) * width + c + 1, u * v}}};
}

} // namespace

bool BodyRays::prepare(Scene const& scene)
{
    double const height_mm = scene.pixels.pitch_mm() * scene.pixels.rows;
    if (body_ && scene.patient == patient_ && is_same(scene.view, view_) && scene.pixels.field_mm == width_mm_ &&
        height_mm == height_mm_ && is_near(scene.displacement, displacement_) &&
        std::ranges::equal(scene.slabs, slabs_, [](Slab const& a, Slab const& b) { return is_same(a, b); }))
        return false;
    if (!body_ || scene.patient != patient_) {
        patient_ = scene.patient;
        body_.emplace(patient_->ct);
    }
    view_ = scene.view;
    width_mm_ = scene.pixels.field_mm;
    height_mm_ = height_mm;
    slabs_ = scene.slabs;
    displacement_ = scene.displacement;
    columns_ = Lattice{field_rays, width_mm_};
    rows_ = Lattice{field_rays, height_mm_};
    rays_.resize(std::size_t(field_rays) * field_rays);
    std::vector<Slab> const slabs = in_water(slabs_);
    parallel_for(field_rays, [&](int first, int last) {
        for (int r = first; r < last; ++r)
            for (int c = 0; c < field_rays; ++c) {
                Vec2 const at{columns_.at_mm(c), rows_.at_mm(r)};
                CoarseBody::Ray ray = body_->ray(view_, at, displacement_.get());
                add_slabs(ray, slabs, view_, at);
                rays_[std::size_t(r) * field_rays + std::size_t(c)] = ray;
            }
    });
    double water = 0, moment = 0;
    for (auto const& ray : rays_) {
        water += ray.water_cm;
        moment += ray.water_cm * ray.distance_cm;
    }
    mean_distance_cm_ = water > 0 ? moment / water : 1;
    for (auto& ray : rays_) ray.distance_cm += common_distance * (mean_distance_cm_ - ray.distance_cm);
    find_enclosed();
    return true;
}

void BodyRays::find_enclosed()
{
    wide_columns_ = Lattice{wide_rays, width_mm_ + 2 * around_mm};
    wide_rows_ = Lattice{wide_rays, height_mm_ + 2 * around_mm};
    std::vector<CoarseBody::Ray> wide(std::size_t(wide_rays) * wide_rays);
    parallel_for(wide_rays, [&](int first, int last) {
        for (int r = first; r < last; ++r)
            for (int c = 0; c < wide_rays; ++c)
                wide[std::size_t(r) * wide_rays + std::size_t(c)] =
                    body_->ray(view_, {wide_columns_.at_mm(c), wide_rows_.at_mm(r)}, displacement_.get());
    });
    enclosed_.assign(wide.size(), 1.0);
    parallel_for(wide_rays, [&](int first, int last) {
        for (int r = first; r < last; ++r)
            for (int c = 0; c < wide_rays; ++c) {
                CoarseBody::Ray const& here = wide[std::size_t(r) * wide_rays + std::size_t(c)];
                if (here.depth_cm <= 0) continue;
                double const sid_mm = view_.source_to_detector_mm;
                double const magnification = sid_mm / (sid_mm - 10 * here.distance_cm);
                double const sideways_mm = 10 * magnification * sideways_cm * std::sqrt(here.depth_cm);
                std::array<double, wide_rays> x, y;
                for (int i = 0; i < wide_rays; ++i) {
                    x[std::size_t(i)] = std::exp(-0.5 * std::pow((i - c) * wide_columns_.step_mm / sideways_mm, 2));
                    y[std::size_t(i)] = std::exp(-0.5 * std::pow((i - r) * wide_rows_.step_mm / sideways_mm, 2));
                }
                double all = 0, in_body = 0;
                for (std::size_t j = 0; j < wide_rays; ++j)
                    for (std::size_t i = 0; i < wide_rays; ++i) {
                        all += x[i] * y[j];
                        in_body += x[i] * y[j] * std::min(1.0, wide[j * wide_rays + i].depth_cm / here.depth_cm);
                    }
                enclosed_[std::size_t(r) * wide_rays + std::size_t(c)] = in_body / all;
            }
    });
}

CoarseBody::Ray BodyRays::at(Vec2 at_mm) const
{
    // Mean over photons, not over places: at an edge of the body most come through its thin side.
    auto near = corners(columns_, rows_, at_mm);
    double photons = 0;
    for (auto& [index, weight] : near) photons += weight *= std::exp(-usual_attenuation_per_cm * rays_[index].water_cm);
    CoarseBody::Ray sum{0, 0, 0};
    double moment = 0;
    for (auto& [index, weight] : near) {
        weight /= photons;
        CoarseBody::Ray const& one = rays_[index];
        sum.water_cm += weight * one.water_cm;
        sum.distance_cm += weight * one.distance_cm;
        sum.depth_cm += weight * one.depth_cm;
        moment += weight * one.water_cm * one.distance_cm;
    }
    if (sum.water_cm > 0) sum.distance_cm = moment / sum.water_cm;
    return sum;
}

double BodyRays::enclosed(Vec2 at_mm) const
{
    double sum = 0;
    for (auto const& [index, weight] : corners(wide_columns_, wide_rows_, at_mm)) sum += weight * enclosed_[index];
    return sum;
}

} // namespace fluoro
