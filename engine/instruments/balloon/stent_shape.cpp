#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/instruments/balloon.hpp>
#include <numbers>

namespace fluoro {
namespace {

/// The tube's axis as a curve by share of its length, with a frame that does not turn about it.
class Tube {
public:
    Tube(std::span<Vec3 const> points, std::span<double const> diameters) : points_{points}, diameters_{diameters}
    {
        Vec3 const first = glm::normalize(points[1] - points[0]);
        Vec3 const aside = std::abs(first.x) < 0.9 ? Vec3{1, 0, 0} : Vec3{0, 1, 0};
        Vec3 normal = glm::normalize(aside - glm::dot(aside, first) * first);
        for (std::size_t n = 0; n < points.size(); ++n) {
            Vec3 const along = tangent(n);
            normal = glm::normalize(normal - glm::dot(normal, along) * along);
            normals_.push_back(normal);
        }
    }
    Vec3 on_wall(double share, double angle) const
    {
        double const at = std::clamp(share, 0.0, 1.0) * double(points_.size() - 1);
        auto const n = std::min(std::size_t(at), points_.size() - 2);
        double const t = at - double(n);
        auto const mixed = [&](auto const& values) { return (1 - t) * values[n] + t * values[n + 1]; };
        Vec3 const along = glm::normalize((1 - t) * tangent(n) + t * tangent(n + 1));
        Vec3 const normal = glm::normalize(mixed(normals_) - glm::dot(mixed(normals_), along) * along);
        return mixed(points_) +
               mixed(diameters_) / 2 * (std::cos(angle) * normal + std::sin(angle) * glm::cross(along, normal));
    }

private:
    std::span<Vec3 const> points_;
    std::span<double const> diameters_;
    std::vector<Vec3> normals_;

    Vec3 tangent(std::size_t n) const
    {
        std::size_t const before = n > 0 ? n - 1 : 0, after = std::min(n + 1, points_.size() - 1);
        return glm::normalize(points_[after] - points_[before]);
    }
};

} // namespace

StentShape stent_shape(StentForm const& form, std::span<Vec3 const> points_mm, std::span<double const> diameters_mm,
                       double turned_rad)
{
    FLUORO_EXPECT(points_mm.size() >= 2 && points_mm.size() == diameters_mm.size());
    Tube const tube{points_mm, diameters_mm};
    StentShape shape;
    // A round wire of the same section as a square strut.
    shape.wire_mm = form.strut_mm * 2 / std::sqrt(std::numbers::pi);
    int const rings = std::max(1, int(std::lround(form.length_mm / form.ring_mm)));
    constexpr int parts = 4; // of a peak's flank
    int const corners = 2 * form.crowns * parts;
    for (int ring = 0; ring < rings; ++ring) {
        // Peaks of neighbouring rings face each other, so that links are straight.
        double const flip = ring % 2 == 0 ? 1 : -1;
        std::vector<Vec3> wire;
        for (int n = 0; n <= corners; ++n) {
            double const angle = 2 * std::numbers::pi * n / corners;
            double const height = 0.42 * flip * std::cos(form.crowns * angle); // of the ring's length
            wire.push_back(tube.on_wall((ring + 0.5 + height) / rings, angle + turned_rad));
        }
        shape.wires.push_back(std::move(wire));
        if (ring + 1 == rings) break;
        // Two links to the next ring, where both rings' peaks stand.
        for (int link = 0; link < 2; ++link) {
            double const peak = flip > 0 ? 0 : std::numbers::pi / form.crowns;
            double const angle =
                peak + 2 * std::numbers::pi * (link * (form.crowns / 2) + ring % form.crowns) / form.crowns;
            shape.wires.push_back({tube.on_wall((ring + 0.92) / rings, angle + turned_rad),
                                   tube.on_wall((ring + 1.08) / rings, angle + turned_rad)});
        }
    }
    return shape;
}

} // namespace fluoro
