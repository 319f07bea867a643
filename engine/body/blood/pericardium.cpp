#include "pericardium.hpp"

#include "blush.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/physics/basis.hpp>

namespace fluoro {

namespace {

// Labels of the map (engine/anatomy/plan/labels.cpp), and of a CT's own.
constexpr std::array<std::uint16_t, 9> of_heart{51, 1050, 1051, 1052, 1053, 1054, 1056, 1058, 1059};
constexpr std::array<std::uint16_t, 6> gives_way{10, 11, 12, 13, 14, 1055}; // lungs, the sac itself
constexpr double lattice_mm = 3, reach_mm = 24;
constexpr double lung_hu = -300, mean_lung_hu = -800; // below it; of those
constexpr double blood_g_cm3 = 1.05;                  // 40 to 50 HU as water of that mass
/// Of what the sac holds beyond a heart of its usual size: slack at first, 15 mmHg at 100 mL more (typical).
constexpr double stiffness_mmhg = 1, stretch_ml = 36;

bool is_one_of(auto const& labels, std::uint16_t label)
{
    return std::ranges::find(labels, label) != labels.end();
}

} // namespace

bool Pericardium::holds(LumenEdge const& vessel)
{
    if (vessel.wall == WallClass::coronary) return true;
    for (char const* name : {"aortic-root", "ascending-aorta", "pulmonary-trunk", "coronary-sinus", "cardiac-vein"})
        if (vessel.name.find(name) != std::string::npos) return true;
    return false;
}

double Pericardium::pressure_mmhg(double blood_ml)
{
    return stiffness_mmhg * std::expm1(blood_ml / stretch_ml);
}

void Pericardium::find_places()
{
    if (is_known_ || patient_.labels.empty()) return;
    is_known_ = true;
    Grid const& grid = patient_.ct.grid;
    glm::ivec3 const stride = glm::max(glm::ivec3{glm::round(lattice_mm / grid.spacing_mm)}, glm::ivec3{1});
    glm::ivec3 const size = (grid.size - 1) / stride + 1;
    Vec3 const side = Vec3{stride} * grid.spacing_mm;
    auto const count = std::size_t(size.x) * std::size_t(size.y) * std::size_t(size.z);
    auto const voxel = [&](glm::ivec3 const& at) {
        glm::ivec3 const v = at * stride;
        return (std::size_t(v.z) * std::size_t(grid.size.y) + std::size_t(v.y)) * std::size_t(grid.size.x) +
               std::size_t(v.x);
    };
    auto const index = [&](glm::ivec3 const& at) {
        return (std::size_t(at.z) * std::size_t(size.y) + std::size_t(at.y)) * std::size_t(size.x) + std::size_t(at.x);
    };
    // From the heart outward, the way through what gives way: shortest steps first, in buckets of a millimetre.
    std::vector<double> far(count, 1e9);
    std::vector<std::vector<glm::ivec3>> wave(std::size_t(reach_mm) + 8);
    for (int k = 0; k < size.z; ++k)
        for (int j = 0; j < size.y; ++j)
            for (int i = 0; i < size.x; ++i)
                if (is_one_of(of_heart, patient_.labels[voxel({i, j, k})])) {
                    far[index({i, j, k})] = 0;
                    wave[0].push_back({i, j, k});
                }
    struct Found {
        double far;
        glm::ivec3 at;
    };
    std::vector<Found> found;
    for (std::size_t bucket = 0; bucket < wave.size(); ++bucket)
        for (std::size_t n = 0; n < wave[bucket].size(); ++n) {
            glm::ivec3 const at = wave[bucket][n];
            double const here = far[index(at)];
            if (std::size_t(here) != bucket) continue; // a shorter way was found since
            if (here > 0) found.push_back({here, at});
            for (int c = 0; c < 27; ++c) {
                glm::ivec3 const off{c % 3 - 1, c / 3 % 3 - 1, c / 9 - 1}, next = at + off;
                if (off == glm::ivec3{0} || glm::any(glm::lessThan(next, glm::ivec3{0})) ||
                    glm::any(glm::greaterThanEqual(next, size)))
                    continue;
                double const way = here + glm::length(Vec3{off} * side);
                if (way > reach_mm || way >= far[index(next)] - 1e-9 ||
                    !is_one_of(gives_way, patient_.labels[voxel(next)]))
                    continue;
                far[index(next)] = way;
                wave[std::size_t(way)].push_back(next);
            }
        }
    std::ranges::stable_sort(found, {}, &Found::far);
    if (found.empty()) return;
    std::vector<SlottedPlace> lung, tissue;
    auto const volume = float(side.x * side.y * side.z);
    for (std::size_t n = 0; n < found.size(); ++n) {
        glm::ivec3 const at = found[n].at;
        Vec3 const p = map_point(grid.patient_from_index(), Vec3{at * stride});
        auto& part = patient_.ct.hu[voxel(at)] < lung_hu ? lung : tissue;
        part.push_back({std::uint32_t(n * shells / found.size()), glm::vec3{p}, volume});
    }
    shell_mm3_ = double(volume) * double(found.size()) / double(shells);
    in_lung_ = sorted_places(lung, shells, std::cbrt(double(volume)), mean_lung_hu);
    in_tissue_ = sorted_places(tissue, shells, std::cbrt(double(volume)), 0);
}

void Pericardium::add_contents(double blood_ml, double medium_share, Mixture const& medium,
                               std::vector<Content>& contents) const
{
    if (blood_ml <= 0 || shell_mm3_ <= 0) return;
    std::vector<float> blood(shells, 0.0f), stained(shells, 0.0f);
    double left_mm3 = 1000 * blood_ml;
    for (std::size_t s = 0; s < shells && left_mm3 > 0; ++s, left_mm3 -= shell_mm3_) {
        double const share = std::min(1.0, left_mm3 / shell_mm3_);
        blood[s] = float(share * (1 - medium_share));
        stained[s] = float(share * medium_share);
    }
    auto const content = [&](Mixture const& of, std::vector<float> const& share) {
        contents.push_back({of, basis_densities(40), {}, {{in_lung_, share}, {in_tissue_, share}}});
    };
    content(Mixture{{{find_material("water"), blood_g_cm3}}}, blood);
    constexpr double least_share = 2e-4;
    if (medium_share > least_share) content(medium, stained);
}

} // namespace fluoro
