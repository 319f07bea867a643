#include <fluoro/body/local_motion.hpp>

#include "inner_stand.hpp"

#include <cmath>

namespace fluoro {

using namespace motion;

namespace {

/// Ways at a lattice's points, each with the number of the pose that it was found for.
struct Known {
    std::vector<glm::vec3> way_mm;
    std::vector<std::uint32_t> pose;

    template <class Find> glm::vec3 const& at(std::size_t n, std::uint32_t now, Find const& find)
    {
        if (pose[n] != now) {
            way_mm[n] = find();
            pose[n] = now;
        }
        return way_mm[n];
    }
    void resize(std::size_t points)
    {
        way_mm.resize(points);
        pose.assign(points, 0);
    }
};

} // namespace

struct LocalMotion::Impl {
    OrganMotion::Impl const& motion;
    FieldGrid grid;
    Stand pose;
    std::uint32_t number = 0; ///< of the pose
    Inner inner;
    std::vector<Mode> guess;                ///< of the way back, in the heart's box
    Known forward, backward, even_backward; ///< evened out: as the picture has it

    bool is_empty() const { return points_of(grid) == 0; }
    BreathMap::Point breath_at(glm::ivec3 const& at) const
    {
        FieldGrid const& from = motion.breath.grid();
        glm::ivec3 const place = motion.breath.is_still() ? glm::ivec3{-1} : at - place_in(grid, from);
        bool const is_within = place.x >= 0 && place.y >= 0 && place.z >= 0 && place.x < from.size.x &&
                               place.y < from.size.y && place.z < from.size.z;
        return is_within ? motion.breath.point(place, pose.breath) : BreathMap::Point{glm::vec3{0}, glm::vec3{0}};
    }
    glm::vec3 find_forward(glm::ivec3 const& at) const
    {
        Mode const sum = inner.at_point(at);
        if (sum.is_still()) return breath_at(at).forward;
        Vec3 const rest = grid.at(at);
        return glm::vec3{motion.breath.moved(rest + way(sum), pose.breath) - rest};
    }
    glm::vec3 find_backward(glm::ivec3 const& at) const
    {
        glm::vec3 const back = breath_at(at).backward;
        Vec3 const moved = grid.at(at), target = moved + Vec3{back};
        if (!inner.moves_near(target)) return back;
        Vec3 start = target;
        Cell cell;
        if (!guess.empty() && cell.find(motion.box[heart_place].grid, target))
            start += way(linear(cell, [&](std::size_t n) { return guess.data()[n]; }));
        Slope slope;
        return glm::vec3{undone(target, start, on_lattice, slope, [&](Vec3 const& p) { return inner.slope_at(p); }) -
                         moved};
    }
    glm::vec3 const& backward_at(glm::ivec3 const& at)
    {
        return backward.at(number_of(grid, at), number, [&] { return find_backward(at); });
    }
    glm::vec3 find_even(glm::ivec3 const& at)
    {
        glm::vec3 const here = backward_at(at);
        if (glm::any(glm::lessThan(at, glm::ivec3{1})) || glm::any(glm::greaterThanEqual(at, grid.size - 1)))
            return here;
        glm::vec3 sum{0};
        for (int axis = 0; axis < 3; ++axis)
            for (int const step : {1, -1}) {
                glm::ivec3 beside = at;
                beside[axis] += step;
                sum += backward_at(beside);
            }
        return here - even_share * (sum - 6.0F * here);
    }
    /// Trilinear between what `corner` has at points.
    template <class Corner> Vec3 between(Vec3 const& p, Corner const& corner) const
    {
        Vec3 const at = (p - grid.origin_mm) / grid.spacing_mm, last{grid.size - 1};
        if (!(at.x > 0 && at.y > 0 && at.z > 0 && at.x < last.x && at.y < last.y && at.z < last.z)) return Vec3{0};
        glm::ivec3 const low{at};
        glm::vec3 const share{at - Vec3{low}};
        auto const along_x = [&](int y, int z) {
            return glm::mix(corner(low + glm::ivec3{0, y, z}), corner(low + glm::ivec3{1, y, z}), share.x);
        };
        return Vec3{glm::mix(glm::mix(along_x(0, 0), along_x(1, 0), share.y),
                             glm::mix(along_x(0, 1), along_x(1, 1), share.y), share.z)};
    }
};

LocalMotion::LocalMotion(OrganMotion const& motion)
    : impl_{std::make_unique<Impl>(Impl{*motion.impl_, {}, {}, 0, {}, {}, {}, {}, {}})}
{
    std::size_t const points = std::max(points_of(impl_->motion.trunk), points_of(impl_->motion.with_throat));
    for (Known* const known : {&impl_->forward, &impl_->backward, &impl_->even_backward}) known->resize(points);
}
LocalMotion::~LocalMotion() = default;
LocalMotion::LocalMotion(LocalMotion&&) noexcept = default;
LocalMotion& LocalMotion::operator=(LocalMotion&&) noexcept = default;

bool LocalMotion::is_of(OrganMotion const& motion) const
{
    return &impl_->motion == motion.impl_.get();
}

void LocalMotion::stand(BodyPose const& pose)
{
    Impl& i = *impl_;
    i.pose = i.motion.stand(pose);
    i.grid = i.pose.is_moving[throat_place] ? i.motion.with_throat : i.motion.trunk;
    ++i.number;
    if (i.is_empty()) return;
    for (std::size_t b = 0; b < boxes; ++b) {
        i.inner.box[b].box = nullptr;
        if (i.pose.is_moving[b]) take(i.inner.box[b], i.motion.box[b], i.grid, i.pose.inner[b]);
    }
    i.guess.resize(i.pose.is_moving[heart_place] ? points_of(i.motion.box[heart_place].grid) : 0);
    if (!i.guess.empty()) i.motion.systole.draw(i.pose.inner[heart_place][HeartMode::systole], i.guess);
}

Vec3 LocalMotion::backward_mm(Vec3 const& at) const
{
    Impl& i = *impl_;
    if (i.number == 0 || i.is_empty()) return Vec3{0};
    return i.between(at - i.pose.shift_mm, [&](glm::ivec3 const& corner) {
        return i.even_backward.at(number_of(i.grid, corner), i.number, [&] { return i.find_even(corner); });
    }) - i.pose.shift_mm;
}

Vec3 LocalMotion::forward_mm(Vec3 const& rest) const
{
    Impl& i = *impl_;
    if (i.number == 0 || i.is_empty()) return Vec3{0};
    return i.between(rest, [&](glm::ivec3 const& corner) {
        return i.forward.at(number_of(i.grid, corner), i.number, [&] { return i.find_forward(corner); });
    }) + i.pose.shift_mm;
}

} // namespace fluoro
