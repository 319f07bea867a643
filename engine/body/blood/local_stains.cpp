#include <fluoro/body/local_stains.hpp>

#include "bubbles.hpp"
#include "leak.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/lumen/index.hpp>
#include <map>
#include <numeric>

namespace fluoro {

namespace {

constexpr double into_wall_s = 0.5, out_of_wall_s = 45; // typical of a dissection that stains
constexpr double blood_hu = 40;

} // namespace

struct LocalStains::Impl {
    struct Hole {
        int edge;
        double along_mm;
        Leak leak;
    };
    struct Dissection {
        int edge;
        double from_mm, to_mm;
        ContentTube tube;
        double share = 0;
    };

    Impl(LumenGraph const& graph, LumenCells const& divided, std::uint64_t number)
        : vessels{std::make_unique<LumenGraph const>(graph)}, cells{divided}, seed{number}, bubbles{*vessels, number}
    {
    }
    double share_at(int edge, double along_mm, StainedBlood const& blood) const;
    double pressure_at(int edge, double along_mm, StainedBlood const& blood) const;
    ContentTube wall_tube(int edge, double from_mm, double to_mm, Vec3 const& side, double depth_mm) const;

    std::unique_ptr<LumenGraph const> vessels; ///< where the bubbles find it, wherever this goes
    LumenCells cells;
    std::uint64_t seed;
    std::map<int, Hole> holes;
    std::map<int, Dissection> dissections;
    Bubbles bubbles;
};

double LocalStains::Impl::share_at(int edge, double along_mm, StainedBlood const& blood) const
{
    auto const first = blood.share.begin() + std::ptrdiff_t(cells.at(edge, along_mm)) * LumenWord::lanes;
    return std::accumulate(first, first + LumenWord::lanes, 0.0) / LumenWord::lanes;
}

double LocalStains::Impl::pressure_at(int edge, double along_mm, StainedBlood const& blood) const
{
    LumenEdge const& e = vessels->edges[std::size_t(edge)];
    return std::lerp(blood.pressure_mmhg[std::size_t(e.from)], blood.pressure_mmhg[std::size_t(e.to)],
                     std::clamp(along_mm / e.length_mm(), 0.0, 1.0));
}

/// Along the wall itself: half within it, half in what was lumen.
ContentTube LocalStains::Impl::wall_tube(int edge, double from_mm, double to_mm, Vec3 const& side,
                                         double depth_mm) const
{
    LumenEdge const& e = vessels->edges[std::size_t(edge)];
    int const pieces = std::max(2, int(std::lround((to_mm - from_mm) / 1.5)));
    ContentTube tube;
    for (int i = 0; i <= pieces; ++i) {
        EdgePlace const place = place_on(e, std::lerp(from_mm, to_mm, double(i) / pieces));
        tube.points_mm.push_back(place.at_mm + place.radius_mm * across(place, side));
        bool const is_end = i == 0 || i == pieces;
        tube.radii_mm.push_back(depth_mm / 2 * (is_end ? 0.3 : 1)); // it tapers off
    }
    return tube;
}

LocalStains::LocalStains(LumenGraph const& vessels, LumenCells const& cells, std::uint64_t seed)
    : impl_{std::make_unique<Impl>(vessels, cells, seed)}
{
}

LocalStains::~LocalStains() = default;
LocalStains::LocalStains(LocalStains&&) noexcept = default;
LocalStains& LocalStains::operator=(LocalStains&&) noexcept = default;

void LocalStains::perforate(int stain, int edge, double along_mm, Vec3 const& side, double hole_mm, bool into_cavity)
{
    FLUORO_EXPECT(hole_mm >= 0);
    auto const known = impl_->holes.find(stain);
    if (known != impl_->holes.end()) {
        known->second.leak.set_hole(hole_mm);
        return;
    }
    if (hole_mm == 0) return;
    EdgePlace const place = place_on(impl_->vessels->edges[std::size_t(edge)], along_mm);
    Vec3 const out = across(place, side);
    Leak leak{place.at_mm + place.radius_mm * out, out, impl_->seed, std::uint32_t(stain)};
    leak.set_hole(hole_mm);
    if (into_cavity) leak.open_into_cavity();
    impl_->holes.emplace(stain, Impl::Hole{edge, along_mm, std::move(leak)});
}

void LocalStains::dissect(int stain, int edge, double from_mm, double to_mm, Vec3 const& side, double depth_mm)
{
    FLUORO_EXPECT(depth_mm >= 0 && to_mm > from_mm);
    double share = 0; // what is there already stays when the tear grows
    if (auto const known = impl_->dissections.find(stain); known != impl_->dissections.end()) {
        share = known->second.share;
        impl_->dissections.erase(known);
    }
    if (depth_mm == 0) return;
    impl_->dissections.emplace(
        stain, Impl::Dissection{edge, from_mm, to_mm, impl_->wall_tube(edge, from_mm, to_mm, side, depth_mm), share});
}

void LocalStains::let_in_air(int edge, double along_mm, double ml)
{
    FLUORO_EXPECT(ml > 0);
    impl_->bubbles.let_in(edge, along_mm, ml);
}

void LocalStains::advance(double dt_s, StainedBlood const& blood)
{
    FLUORO_EXPECT(dt_s >= 0);
    for (auto& [stain, hole] : impl_->holes)
        hole.leak.advance(dt_s, impl_->pressure_at(hole.edge, hole.along_mm, blood), blood.cavity_mmhg);
    for (auto& [stain, wall] : impl_->dissections) {
        double const beside = impl_->share_at(wall.edge, (wall.from_mm + wall.to_mm) / 2, blood);
        double const time_s = beside > wall.share ? into_wall_s : out_of_wall_s;
        wall.share += (beside - wall.share) * (1 - std::exp(-dt_s / time_s));
    }
    impl_->bubbles.advance(dt_s, blood.flow_ml_s);
}

void LocalStains::bring_medium(int stain, double ml)
{
    if (auto const hole = impl_->holes.find(stain); hole != impl_->holes.end()) hole->second.leak.bring_medium(ml);
}

double LocalStains::leaked_ml() const
{
    double all = 0;
    for (auto const& [stain, hole] : impl_->holes) all += hole.leak.blood_ml();
    return all;
}

double LocalStains::in_cavity_ml() const
{
    double all = 0;
    for (auto const& [stain, hole] : impl_->holes) all += hole.leak.in_cavity_ml();
    return all;
}

double LocalStains::in_cavity_medium_ml() const
{
    double all = 0; // a pocket and what it overflows into are mixed
    for (auto const& [stain, hole] : impl_->holes)
        if (hole.leak.blood_ml() > 0) all += hole.leak.medium_ml() * hole.leak.in_cavity_ml() / hole.leak.blood_ml();
    return all;
}

double LocalStains::leak_ml_s(int stain) const
{
    auto const hole = impl_->holes.find(stain);
    return hole == impl_->holes.end() ? 0 : hole->second.leak.flow_ml_s();
}

double LocalStains::leaked_ml(int stain) const
{
    auto const hole = impl_->holes.find(stain);
    return hole == impl_->holes.end() ? 0 : hole->second.leak.blood_ml();
}

double LocalStains::leaked_medium_ml(int stain) const
{
    auto const hole = impl_->holes.find(stain);
    return hole == impl_->holes.end() ? 0 : hole->second.leak.medium_ml();
}

double LocalStains::stain_share(int stain) const
{
    auto const wall = impl_->dissections.find(stain);
    return wall == impl_->dissections.end() ? 0 : wall->second.share;
}

double LocalStains::air_ml() const
{
    double all = 0;
    for (Bubbles::Bubble const& bubble : impl_->bubbles.all()) all += bubble.ml;
    return all;
}

std::vector<std::pair<int, double>> LocalStains::bubbles() const
{
    std::vector<std::pair<int, double>> places;
    for (Bubbles::Bubble const& bubble : impl_->bubbles.all()) places.emplace_back(bubble.edge, bubble.along_mm);
    return places;
}

std::vector<LocalStains::Plug> LocalStains::plugs() const
{
    std::vector<Plug> all;
    for (Bubbles::Bubble const& bubble : impl_->bubbles.all())
        if (bubble.is_stuck && impl_->bubbles.fills(bubble)) {
            auto const [from, to] = impl_->bubbles.reach(bubble);
            all.push_back({int(bubble.number), bubble.edge, from, to});
        }
    return all;
}

void LocalStains::clear_of_air(std::span<float> share) const
{
    for (Bubbles::Bubble const& bubble : impl_->bubbles.all()) {
        auto const [from, to] = impl_->bubbles.reach(bubble);
        for (int cell = impl_->cells.at(bubble.edge, from); cell <= impl_->cells.at(bubble.edge, to); ++cell) {
            double const begin =
                (cell - impl_->cells.first[std::size_t(bubble.edge)]) * impl_->cells.length_mm[std::size_t(cell)];
            double const length = impl_->cells.length_mm[std::size_t(cell)];
            double const part = std::min(to, begin + length) - std::max(from, begin);
            // Its volume is dealt out evenly along it.
            double const air_mm3 = bubble.ml * 1000 * std::max(0.0, part) / (to - from);
            auto const left = float(std::max(0.0, 1 - air_mm3 / impl_->cells.volume_mm3[std::size_t(cell)]));
            for (int l = 0; l < LumenWord::lanes; ++l) share[std::size_t(cell * LumenWord::lanes + l)] *= left;
        }
    }
}

std::vector<Content> LocalStains::contents(Mixture const& medium) const
{
    constexpr double least_share = 2e-4;
    Content stained{medium, basis_densities(blood_hu), {}, {}}, air{air_bubble(), basis_densities(blood_hu), {}, {}};
    for (auto const& [stain, hole] : impl_->holes)
        if (hole.leak.medium_ml() > least_share * hole.leak.blood_ml()) stained.clouds.push_back(hole.leak.cloud());
    for (auto const& [stain, wall] : impl_->dissections) {
        if (wall.share < least_share) continue;
        stained.tubes.push_back(wall.tube);
        stained.tubes.back().share.assign(wall.tube.points_mm.size() - 1, float(wall.share));
    }
    for (Bubbles::Bubble const& bubble : impl_->bubbles.all()) air.tubes.push_back(impl_->bubbles.tube(bubble));
    std::vector<Content> all;
    for (Content* content : {&stained, &air})
        if (!content->tubes.empty() || !content->clouds.empty()) all.push_back(std::move(*content));
    return all;
}

} // namespace fluoro
