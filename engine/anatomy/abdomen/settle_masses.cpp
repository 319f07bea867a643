#include "../builders.hpp"
#include "../plan/reference_masses.hpp"
#include "../surface/volume_fit.hpp"

#include <algorithm>

namespace fluoro {

namespace {

struct Settled {
    char const* organ;     ///< as built
    char const* reference; ///< in the table of masses
    double count_mm;       ///< of the lattice that counts
    bool is_abdominal;     ///< stays within the cavity, off the kidneys' fat
};
// Backwards in the order of drawing: an organ is settled after those that cover it.
constexpr Settled to_settle[] = {
    {"uterus", "uterus", 2, false},
    {"bladder", "bladder-wall", 2, false},
    {"colon-content", "colon-content", 3, false},
    {"colon", "colon-wall", 3, false},
    {"small-bowel-content", "small-bowel-content", 3, true},
    {"small-bowel", "small-bowel-wall", 3, true},
    {"thymus", "thymus", 1.5, false},
    {"pancreas", "pancreas", 2, true},
    {"bile", "bile", 1.5, true},
    {"gallbladder", "gallbladder-wall", 1.5, true},
    {"spleen", "spleen", 2.5, true},
    {"liver", "liver", 4, true},
    {"breast-left", "breast", 3, false},
    {"breast-right", "breast", 3, false},
};

bool is_in(Shape const& shape, Vec3 const& p)
{
    Vec3 const beyond = glm::max(shape.bounds().low - p, p - shape.bounds().high);
    return std::max({beyond.x, beyond.y, beyond.z}) < 0 && shape.distance_mm(p) < 0;
}

/// What is drawn over the organ at this index and comes near it.
std::vector<Shape> drawn_over(std::vector<Organ> const& organs, std::size_t index)
{
    std::vector<Shape> over;
    Box const near = grown(organs[index].shape.bounds(), 15);
    for (std::size_t i = 0; i < organs.size(); ++i) {
        bool const is_later =
            organs[i].rank > organs[index].rank || (organs[i].rank == organs[index].rank && i > index);
        if (is_later && organs[i].only_inside == 0 && !is_empty(overlap(organs[i].shape.bounds(), near)))
            over.push_back(organs[i].shape);
    }
    return over;
}

} // namespace

void build_masses(Anatomy& anatomy)
{
    std::vector<Organ>& organs = anatomy.organs;
    std::vector<Shape> kidneys;
    Shape const* cavity = nullptr;
    for (Organ const& organ : organs) {
        if (organ.name.starts_with("kidney-")) kidneys.push_back(offset(organ.shape, 2 * anatomy.plan.scale));
        if (organ.name == "visceral-fat") cavity = &organ.shape;
    }
    if (cavity == nullptr) return;
    Shape const room = offset(*cavity, -1);
    for (Settled const& settled : to_settle) {
        auto const found = std::ranges::find(organs, settled.organ, &Organ::name);
        if (found == organs.end()) continue; // of the other sex
        std::vector<Shape> over = drawn_over(organs, std::size_t(found - organs.begin()));
        if (settled.is_abdominal) over.insert(over.end(), kidneys.begin(), kidneys.end());
        auto const is_seen = [&](Vec3 const& p) {
            return (!settled.is_abdominal || room.distance_mm(p) < 0) &&
                   std::ranges::none_of(over, [&p](Shape const& shape) { return is_in(shape, p); });
        };
        double const wanted_cm3 =
            reference_mass_g(anatomy.plan.parameters, settled.reference) / found->tissue.density_g_cm3;
        double const by = offset_for_volume(found->shape, wanted_cm3, settled.count_mm, is_seen);
        Shape shape = offset(found->shape, by);
        if (settled.is_abdominal) {
            shape = intersect(shape, room);
            for (Shape const& kidney : kidneys) shape = without(shape, kidney);
        }
        found->shape = shape;
    }
}

} // namespace fluoro
