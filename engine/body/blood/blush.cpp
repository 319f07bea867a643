#include "blush.hpp"

#include "renal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/random.hpp>
#include <limits>
#include <map>
#include <numeric>
#include <set>

namespace fluoro {

namespace {

// Labels of the map (engine/anatomy/plan/labels.cpp); a CT's own map has the heart as a whole.
constexpr int label_heart = 51, label_myocardium = 1054, label_kidney_right = 2, label_kidney_left = 3;

constexpr double lattice_mm = 3;
// Blood in the small vessels of an organ, of its volume, at most (typical: heart muscle 8 to 14 mL in 100 g).
constexpr double myocardium_blood = 0.1, kidney_blood = 0.25;

/// Where an artery gives its blood to a bed: points of the vessel that ends there.
struct Supply {
    Vec3 at_mm;
    std::uint32_t bed;
};

template <class Wanted>
std::vector<Supply> supplies(LumenGraph const& vessels, std::span<CapillaryBed const> beds, Wanted const& is_wanted)
{
    std::map<int, std::size_t> bed_of_node;
    for (std::size_t b = 0; b < beds.size(); ++b) bed_of_node.emplace(beds[b].from_node, b);
    std::vector<Supply> all;
    for (LumenEdge const& edge : vessels.edges)
        if (auto const bed = bed_of_node.find(edge.to); bed != bed_of_node.end() && is_wanted(edge, beds[bed->second]))
            for (std::size_t i = edge.points_mm.size() / 2; i < edge.points_mm.size(); i += 3)
                all.push_back({edge.points_mm[i], std::uint32_t(bed->second)});
    return all;
}

/// Gives every voxel a bed: the nearest, or where another is about as near, one of them by chance, so that territories
/// fade into each other as they do.
class BedChoice {
public:
    BedChoice(std::span<Supply const> near, std::size_t beds) : near_{near}, distance_(beds) {}
    std::uint32_t bed_of(Vec3 const& at, std::uint32_t voxel)
    {
        std::fill(distance_.begin(), distance_.end(), std::numeric_limits<double>::infinity());
        for (Supply const& supply : near_)
            distance_[supply.bed] = std::min(distance_[supply.bed], glm::length(supply.at_mm - at));
        double const least = *std::min_element(distance_.begin(), distance_.end());
        auto const weight = [least](double distance) { return std::exp((least - distance) / fade_mm); };
        double all = 0;
        for (double const distance : distance_) all += weight(distance);
        constexpr std::uint64_t seed = 1; // a patient's muscle is always the same
        double left = all * RandomSequence{seed, RandomStream::body, voxel, 0}.next_uniform();
        std::size_t bed = 0;
        while (bed + 1 < distance_.size() && (left -= weight(distance_[bed])) > 0) ++bed;
        return std::uint32_t(bed);
    }

private:
    static constexpr double fade_mm = 3;
    std::span<Supply const> near_;
    std::vector<double> distance_; ///< to every bed
};

/// Voxels of some labels on a coarse lattice of the CT's grid, each with its bed.
Blush blush_of(Patient const& patient, std::span<int const> labels, std::span<Supply const> near,
               std::span<CapillaryBed const> beds, double most_blood)
{
    if (near.empty() || patient.labels.empty()) return {};
    Grid const& grid = patient.ct.grid;
    Mat4 const patient_from_index = grid.patient_from_index();
    glm::ivec3 const stride = glm::max(glm::ivec3{glm::round(lattice_mm / grid.spacing_mm)}, glm::ivec3{1});
    Vec3 const side = Vec3{stride} * grid.spacing_mm;
    auto const volume = float(side.x * side.y * side.z);
    BedChoice choice{near, beds.size()};
    std::vector<SlottedPlace> places;
    double hu = 0;
    for (int k = stride.z / 2; k < grid.size.z; k += stride.z)
        for (int j = stride.y / 2; j < grid.size.y; j += stride.y)
            for (int i = stride.x / 2; i < grid.size.x; i += stride.x) {
                std::size_t const voxel =
                    (std::size_t(k) * std::size_t(grid.size.y) + std::size_t(j)) * std::size_t(grid.size.x) +
                    std::size_t(i);
                if (std::find(labels.begin(), labels.end(), int(patient.labels[voxel])) == labels.end()) continue;
                Vec3 const at = map_point(patient_from_index, {i, j, k});
                places.push_back({choice.bed_of(at, std::uint32_t(voxel)), glm::vec3{at}, volume});
                hu += patient.ct.hu[voxel];
            }
    if (places.empty()) return {};
    // The picture holds as much medium as the beds do: all of the organ shares the blood of all its beds evenly, so
    // that no border shows where one territory is small for its flow.
    std::set<std::uint32_t> supplied;
    for (Supply const& supply : near) supplied.insert(supply.bed);
    double blood_mm3 = 0;
    for (std::uint32_t const bed : supplied) blood_mm3 += 1000 * beds[bed].volume_ml;
    double const share = std::min(most_blood, blood_mm3 / (double(volume) * double(places.size())));
    return {sorted_places(places, beds.size(), std::cbrt(volume), hu / double(places.size())), share};
}

} // namespace

std::shared_ptr<ContentPlaces> sorted_places(std::span<SlottedPlace const> places, std::size_t slots, double size_mm,
                                             double hu)
{
    auto sorted = std::make_shared<ContentPlaces>();
    sorted->size_mm = size_mm;
    sorted->displaced = basis_densities(hu);
    sorted->first.assign(slots + 1, 0);
    for (SlottedPlace const& place : places) ++sorted->first[place.slot + 1];
    std::partial_sum(sorted->first.begin(), sorted->first.end(), sorted->first.begin());
    sorted->at_mm.resize(places.size());
    sorted->volume_mm3.resize(places.size());
    std::vector<std::uint32_t> next(sorted->first.begin(), sorted->first.end() - 1);
    for (SlottedPlace const& place : places) {
        std::size_t const at = next[place.slot]++;
        sorted->at_mm[at] = place.at_mm;
        sorted->volume_mm3[at] = place.volume_mm3;
    }
    return sorted;
}

std::vector<Blush> blushes(LumenGraph const& vessels, Patient const& patient, std::span<CapillaryBed const> beds)
{
    auto const coronary = supplies(
        vessels, beds, [](LumenEdge const& edge, CapillaryBed const&) { return edge.wall == WallClass::coronary; });
    auto const renal =
        supplies(vessels, beds, [](LumenEdge const&, CapillaryBed const& bed) { return is_renal(bed.territory); });
    bool const has_muscle =
        std::find(patient.labels.begin(), patient.labels.end(), label_myocardium) != patient.labels.end();
    std::array const muscle{has_muscle ? label_myocardium : label_heart};
    std::array const kidneys{label_kidney_right, label_kidney_left};
    std::vector<Blush> all{blush_of(patient, muscle, coronary, beds, myocardium_blood),
                           blush_of(patient, kidneys, renal, beds, kidney_blood)};
    std::erase_if(all, [](Blush const& blush) { return !blush.places; });
    return all;
}

} // namespace fluoro
