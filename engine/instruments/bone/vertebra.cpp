#include "vertebra.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/instruments/spine_places.hpp>
#include <fluoro/physics/basis.hpp>

namespace fluoro {
namespace {

/// What a hollow holds once its balloon is empty: blood and marrow.
constexpr double fluid_hu = 40;
/// Crushed bone is packed around the hollow in a layer of this thickness [mm]. Typical.
constexpr double packed_layer_mm = 2.5;
/// How far a lift can reach sideways, and above the end-plate; every so many pictures a change is drawn.
constexpr double lift_reach_mm = 22.5, lift_over_mm = 11;
constexpr int between_changes = 8;
/// Less than this is not drawn.
constexpr double least_change_hu = 12;
/// Changes are drawn as bone of this many HU more, or less, in a share of the place.
constexpr double unit_hu = 1000;
constexpr std::array<std::string_view, 24> levels = {"L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10",
                                                     "T9", "T8", "T7", "T6", "T5", "T4",  "T3",  "T2",
                                                     "T1", "C7", "C6", "C5", "C4", "C3",  "C2",  "C1"};
/// The front of a body: so much of the way from its middle to its front wall.
constexpr double front_share = 0.7;

/// Runs through a label from a point.
class Ruler {
public:
    explicit Ruler(Patient const& patient) : patient_{patient}, to_index_{patient.ct.grid.index_from_patient()} {}
    /// How far the label goes on from here [mm].
    double reach(Vec3 const& from, Vec3 const& way, int label) const
    {
        double far = 0;
        for (; far < 80; far += 0.25)
            if (label_at(from + far * way) != label) break;
        return far;
    }

private:
    Patient const& patient_;
    Mat4 to_index_;
    int label_at(Vec3 const& p) const
    {
        glm::ivec3 const i{glm::round(map_point(to_index_, p))}, size = patient_.ct.grid.size;
        if (glm::any(glm::lessThan(i, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(i, size))) return 0;
        return patient_.labels[(std::size_t(i.z) * std::size_t(size.y) + std::size_t(i.y)) * std::size_t(size.x) +
                               std::size_t(i.x)];
    }
};

/// Height of a body's front [mm]; none where the patient ends.
std::optional<double> front_height(Patient const& patient, std::string const& level)
{
    auto const& marks = patient.lumens.landmarks;
    auto const middle = marks.find(level), canal = marks.find("canal-" + level);
    if (middle == marks.end() || canal == marks.end()) return {};
    Ruler const ruler{patient};
    int const label = vertebra_label(level);
    Vec3 const forward = glm::normalize(middle->second - canal->second);
    double const front = ruler.reach(middle->second, forward, label);
    if (front <= 2) return {};
    // The middle's landmark may lie off the bone that is left in front of it: the tallest of what is near.
    Vec3 const at = middle->second + front_share * front * forward;
    double const up = ruler.reach(at, {0, 0, 1}, label), down = ruler.reach(at, {0, 0, -1}, label);
    return up > 0 && down > 0 ? std::optional{up + down} : std::nullopt;
}

glm::ivec3 cell_of(FieldGrid const& grid, Vec3 const& p)
{
    return glm::clamp(glm::ivec3{glm::round((p - grid.origin_mm) / grid.spacing_mm)}, glm::ivec3{0}, grid.size - 1);
}
std::size_t index_of(FieldGrid const& grid, glm::ivec3 const& i)
{
    return (std::size_t(i.z) * std::size_t(grid.size.y) + std::size_t(i.y)) * std::size_t(grid.size.x) +
           std::size_t(i.x);
}

/// Between the voxels of a bone space.
double hu_at(BoneSpace const& space, Vec3 const& p)
{
    Vec3 const at =
        glm::clamp((p - space.grid.origin_mm) / space.grid.spacing_mm, Vec3{0}, Vec3{space.grid.size - 2} + 0.999);
    glm::ivec3 const low{at};
    Vec3 const t = at - Vec3{low};
    double sum = 0;
    for (int corner = 0; corner < 8; ++corner) {
        glm::ivec3 const way{corner & 1, corner >> 1 & 1, corner >> 2};
        sum += (way.x ? t.x : 1 - t.x) * (way.y ? t.y : 1 - t.y) * (way.z ? t.z : 1 - t.z) *
               double(space.hu[index_of(space.grid, low + way)]);
    }
    return sum;
}

} // namespace

Vertebra::Vertebra(Patient const& patient, std::string level) : level_{std::move(level)}
{
    intact_ = space_ = std::make_shared<BoneSpace const>(bone_space(patient, level_));
    auto const& marks = patient.lumens.landmarks;
    middle_mm_ = marks.at(level_);
    posterior_ = glm::normalize(marks.at("canal-" + level_) - middle_mm_);
    back_wall_mm_ = Ruler{patient}.reach(middle_mm_, posterior_, vertebra_label(level_));
    auto const here = std::ranges::find(levels, level_);
    double sum = 0;
    int count = 0;
    for (int const way : {-1, 1}) {
        auto const beside = here - levels.begin() + way;
        if (beside < 0 || beside >= std::ptrdiff_t(levels.size())) continue;
        if (auto const height = front_height(patient, std::string{levels[std::size_t(beside)]})) {
            sum += *height;
            ++count;
        }
    }
    auto const own = front_height(patient, level_);
    if (own && count > 0) lost_mm_ = std::max(0.0, sum / count - *own);
}

int Vertebra::lay(BoneBalloon& balloon, Vec3 const& middle_mm, Vec3 const& axis)
{
    make_space();
    balloon.place(*space_, middle_mm, axis, posterior_, back_wall_mm_ - glm::dot(middle_mm - middle_mm_, posterior_),
                  std::max(0.0, lost_mm_ - lifted_mm()));
    changes_.emplace_back();
    return int(changes_.size()) - 1;
}

void Vertebra::change(int balloon, Hollow const& hollow, Lift const& lift)
{
    changes_[std::size_t(balloon)] = {hollow, lift};
    is_space_old_ = is_picture_old_ = true;
}

double Vertebra::lifted_mm() const
{
    double lifted = 0;
    for (Change const& one : changes_) lifted += one.lift.height_mm;
    return lifted;
}

double Vertebra::hollow_ml() const
{
    double volume = 0;
    for (Change const& one : changes_) volume += one.hollow.volume_mm3() / 1000;
    return volume;
}

/// Where what is here now was in the CT: the last lift is taken back first.
Vec3 Vertebra::source_of(Vec3 const& p) const
{
    Vec3 source = p;
    for (std::size_t n = changes_.size(); n-- > 0;) source = changes_[n].lift.before(source);
    return source;
}

/// Below 1 in a hollow.
double Vertebra::reach(Vec3 const& p) const
{
    double least = 1e9;
    for (Change const& one : changes_) least = std::min(least, one.hollow.reach(p));
    return least;
}

template <class Visit> void Vertebra::each_reached(Visit const& visit) const
{
    FieldGrid const& grid = intact_->grid;
    Vec3 low{1e9}, high{-1e9};
    for (Change const& one : changes_) {
        double const round = std::max(one.hollow.radius_mm, one.hollow.half_length_mm) + packed_layer_mm + 1;
        Vec3 const middle = one.hollow.middle_mm;
        if (one.hollow.radius_mm <= 0) continue;
        low = glm::min(low, middle - round);
        high = glm::max(high, middle + round);
        if (one.lift.height_mm <= 0) continue;
        low = glm::min(low, middle - Vec3{lift_reach_mm, lift_reach_mm, 0});
        high = glm::max(
            high, middle + Vec3{lift_reach_mm, lift_reach_mm, one.lift.plate_mm + lift_over_mm + one.lift.height_mm});
    }
    if (low.x > high.x) return;
    glm::ivec3 const first = cell_of(grid, low), last = cell_of(grid, high);
    for (int k = first.z; k <= last.z; ++k)
        for (int j = first.y; j <= last.y; ++j)
            for (int i = first.x; i <= last.x; ++i) visit(grid.at({i, j, k}), index_of(grid, {i, j, k}));
}

void Vertebra::make_space()
{
    if (!is_space_old_) return;
    is_space_old_ = false;
    auto made = std::make_shared<BoneSpace>(*intact_);
    FieldGrid const& grid = made->grid;
    each_reached([&](Vec3 const& p, std::size_t n) {
        Vec3 const source = source_of(p);
        bool const is_in = reach(p) < 1;
        if (source == p && !is_in) return;
        std::size_t const from = index_of(grid, cell_of(grid, source));
        CementPlace const was = intact_->place[from];
        bool const is_marrow = was == CementPlace::marrow || was == CementPlace::cleft || was == CementPlace::vein;
        made->place[n] = is_in && is_marrow ? CementPlace::hollow : was;
        made->vein_mm[n] = is_in ? 0 : intact_->vein_mm[from];
        made->is_own[n] = intact_->is_own[from];
        made->hu[n] = std::int16_t(std::lround(is_in && is_marrow ? fluid_hu : hu_at(*intact_, source)));
    });
    space_ = std::move(made);
}

std::string Vertebra::take_mix(CementMix const& mix, int number, std::uint64_t seed)
{
    if (has_cement()) {
        if (number == mix_) return {};
        return "There is cement of an earlier mix in " + level_ + ", which takes no more of another";
    }
    make_space();
    cement_.emplace(space_, mix, seed);
    mix_ = number;
    return {};
}

/// What the balloons have moved, as more or less bone than the CT has in each place. Bone is neither made nor lost:
/// what is missing is packed around the hollows.
void Vertebra::draw_change()
{
    added_.clear();
    removed_.clear();
    ring_.clear();
    make_space();
    now_hu_.clear();
    double missing = 0;
    auto const bone = [](double hu) { return std::max(0.0, hu - fluid_hu); };
    each_reached([&](Vec3 const& p, std::size_t n) {
        if (intact_->is_own[n]) missing += bone(double(intact_->hu[n]));
        now_hu_.push_back(float(space_->hu[n]));
        if (!space_->is_own[n]) return;
        missing -= bone(double(space_->hu[n]));
        if (space_->place[n] != CementPlace::marrow) return;
        for (Change const& one : changes_) {
            double const thick = packed_layer_mm / std::max(1.0, one.hollow.radius_mm);
            double const at = one.hollow.reach(p);
            if (at >= 1 && at < 1 + thick) {
                ring_.push_back(std::uint32_t(now_hu_.size() - 1));
                break;
            }
        }
    });
    if (!ring_.empty() && missing > 0)
        for (std::uint32_t const at : ring_) now_hu_[at] += float(missing / double(ring_.size()));
    FieldGrid const& grid = intact_->grid;
    double const voxel_mm3 = grid.spacing_mm * grid.spacing_mm * grid.spacing_mm;
    std::size_t reached = 0;
    each_reached([&](Vec3 const& p, std::size_t n) {
        double const change = double(now_hu_[reached++]) - intact_->hu[n];
        if (std::abs(change) < least_change_hu) return;
        (change > 0 ? added_ : removed_).push_back({glm::vec3{p}, float(std::abs(change) / unit_hu * voxel_mm3)});
    });
}

void Vertebra::refresh_picture()
{
    // What a balloon moves is much: twice a second.
    if (refreshes_++ % between_changes == 0 && is_picture_old_) {
        is_picture_old_ = false;
        draw_change();
    }
    if (!cement_) return;
    std::uint64_t const now = std::uint64_t(std::llround(1e9 * cement_->total_ml()));
    if (now == shape_of_) return;
    shape_of_ = now;
    shape_.update(cement_->grid(), cement_->parcels());
}

void Vertebra::draw(std::vector<ToolCloud>& clouds) const
{
    constexpr double marrow_hu = 150;
    double const side = intact_->grid.spacing_mm;
    auto const add = [&](std::span<CloudParcel const> parcels, Mixture const& content, double displaced, double size) {
        if (!parcels.empty()) clouds.push_back({parcels, content, displaced, size});
    };
    BasisDensities const denser = basis_densities(unit_hu);
    add(added_, {{{find_material("water"), denser.soft_g_cm3}, {find_material("bone"), denser.bone_g_cm3}}}, 0, side);
    add(removed_, pure(find_material("water")), unit_hu, side);
    if (!cement_) return;
    add(shape_.parcels(), bone_cement(cement_->mix().baso4_share), marrow_hu, side);
}

std::uint64_t Vertebra::state_hash() const
{
    std::uint64_t hash = cement_ ? cement_->state_hash() : 5;
    for (Change const& one : changes_)
        hash = hash * 31 + std::uint64_t(std::llround(1e6 * (one.hollow.volume_mm3() + one.lift.height_mm)));
    return hash;
}

} // namespace fluoro
