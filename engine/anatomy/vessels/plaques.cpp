#include "courses.hpp"
#include "vessel_sizes.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/random.hpp>
#include <numbers>

namespace fluoro {

namespace {

/// Where plaques grow, and how many at 85 years (typical of CT: the arch, the infrarenal aorta and the iliac arteries
/// first).
struct Bed {
    char const* edge;
    int most;
};
constexpr Bed beds[] = {
    {"aortic-arch-proximal", 3},       {"aortic-arch-middle", 5},
    {"aortic-arch-distal", 6},         {"descending-aorta", 6},
    {"abdominal-aorta-suprarenal", 3}, {"abdominal-aorta-infrarenal", 8},
    {"abdominal-aorta-lower", 9},      {"right-common-iliac", 9},
    {"left-common-iliac", 9},          {"right-external-iliac", 3},
    {"left-external-iliac", 3},        {"right-common-femoral", 3},
    {"left-common-femoral", 3},        {"right-superficial-femoral", 8},
    {"left-superficial-femoral", 8},   {"left-subclavian-proximal", 3},
    {"right-common-carotid", 3},       {"left-common-carotid", 3},
    {"brachiocephalic-trunk", 2},      {"splenic", 5},
};

} // namespace

void add_plaques(Anatomy& anatomy)
{
    LumenGraph const& g = anatomy.lumens.vessels;
    PatientParameters const& who = anatomy.plan.parameters;
    // From 50 on, steeper with age; women follow ten years later.
    double const years = who.age_y - (who.sex == Sex::female ? 58 : 50);
    double const share = std::clamp(years / 30, 0.0, 1.0);
    int const label = label_of("plaque");
    std::uint32_t item = 0;
    for (Bed const& bed : beds) {
        auto const found = g.find_edge(bed.edge);
        ++item;
        if (!found) continue;
        LumenEdge const& edge = g.edges[std::size_t(*found)];
        RandomSequence chance{who.seed, RandomStream::body, 1060, item};
        int const count = int(std::lround(share * bed.most * (0.6 + 0.8 * chance.next_uniform())));
        for (int n = 0; n < count; ++n) {
            auto const i = std::size_t(chance.next_uniform() * double(edge.points_mm.size() - 3)) + 1;
            Vec3 const axis = glm::normalize(edge.points_mm[i + 1] - edge.points_mm[i - 1]);
            Vec3 const other = std::abs(axis.y) < 0.7 ? Vec3{0, 1, 0} : Vec3{1, 0, 0};
            Vec3 const a = glm::normalize(glm::cross(axis, other)), b = glm::cross(axis, a);
            double const angle = 2 * std::numbers::pi * chance.next_uniform();
            Vec3 const out = std::cos(angle) * a + std::sin(angle) * b;
            double const radius = edge.radii_mm[i];
            // A shell in the wall: 3 to 9 mm long, in the aorta to 22 mm, at most half the way around, 0.8 to 2 mm
            // thick.
            bool const is_aortic = radius > 6;
            double const half_long = (is_aortic ? 3 : 1.5) + (is_aortic ? 8 : 3) * chance.next_uniform();
            double const half_wide =
                std::min((is_aortic ? 3 : 1) + (is_aortic ? 5 : 2.5) * chance.next_uniform(), radius);
            double const half_thick = 0.4 + 0.6 * chance.next_uniform();
            Frame const frame{edge.points_mm[i] + out * (radius + 0.4), glm::cross(out, axis), out, axis};
            // Bent with the wall: what of a flat piece is within its thickness of the tube.
            Vec3 const on_axis = edge.points_mm[i];
            Shape const piece = ellipsoid(frame, {half_wide, std::max(2 * half_thick, 0.6 * half_wide), half_long});
            Shape const shell{piece.bounds(), [=](Vec3 const& p) {
                                  Vec3 const d = p - on_axis;
                                  double const away = glm::length(d - axis * glm::dot(d, axis));
                                  return std::max(piece.distance_mm(p), std::abs(away - radius - 0.4) - half_thick);
                              }};
            anatomy.organs.push_back({std::string{bed.edge} + "-plaque-" + std::to_string(n + 1),
                                      label,
                                      Rank::content,
                                      {450 + 450 * chance.next_uniform(), 1.5, 60, 1.5},
                                      shell});
        }
    }
}

} // namespace fluoro
