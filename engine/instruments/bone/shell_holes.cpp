#include "shell_holes.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

/// What spongy bone has at most where it shows through, how deep one looks, and how large a hole is: an old patient's
/// whole cortex of 0.4 mm has thin places of up to 25 mm2, a fracture of the back wall 49 mm2 and more.
constexpr int hole_hu = 75;
constexpr double deep_mm = 2.5, step_mm = 0.5, least_mm2 = 30;
/// A corner has nothing behind it and is no hole.
constexpr double behind_mm = 3, farther_behind_mm = 5;

class Shell {
public:
    Shell(Patient const& patient, int label) : patient_{patient}, label_{label}, size_{patient.ct.grid.size} {}

    bool is_own(glm::ivec3 const& i) const
    {
        return !glm::any(glm::lessThan(i, glm::ivec3{0})) && !glm::any(glm::greaterThanEqual(i, size_)) &&
               patient_.labels[index(i)] == label_;
    }
    std::size_t index(glm::ivec3 const& i) const
    {
        return (std::size_t(i.z) * std::size_t(size_.y) + std::size_t(i.y)) * std::size_t(size_.x) + std::size_t(i.x);
    }
    glm::ivec3 voxel(std::size_t n) const
    {
        auto const columns = std::size_t(size_.x), rows = std::size_t(size_.y);
        return {int(n % columns), int(n / columns % rows), int(n / (columns * rows))};
    }
    bool is_outermost(glm::ivec3 const& i) const
    {
        for (int corner = 0; corner < 27; ++corner)
            if (!is_own(i + glm::ivec3{corner % 3 - 1, corner / 3 % 3 - 1, corner / 9 - 1})) return true;
        return false;
    }
    bool is_thin(glm::ivec3 const& i) const
    {
        Vec3 inward{0};
        for (int c = -2; c <= 2; ++c)
            for (int b = -2; b <= 2; ++b)
                for (int a = -2; a <= 2; ++a)
                    if (is_own(i + glm::ivec3{a, b, c})) inward += Vec3{a, b, c};
        if (glm::length(inward) < 1) return false;
        inward = glm::normalize(inward);
        double const voxel_mm = patient_.ct.grid.spacing_mm.x;
        auto const at = [&](double mm) { return i + glm::ivec3{glm::round(mm / voxel_mm * inward)}; };
        if (!is_own(at(behind_mm)) || !is_own(at(farther_behind_mm))) return false;
        for (double mm = -step_mm; mm <= deep_mm + 1e-9; mm += step_mm)
            if (is_own(at(mm)) && patient_.ct.hu[index(at(mm))] >= hole_hu) return false;
        return true;
    }

private:
    Patient const& patient_;
    int label_;
    glm::ivec3 size_;
};

} // namespace

std::vector<std::uint32_t> shell_holes(Patient const& patient, int label)
{
    Shell const shell{patient, label};
    std::vector<std::uint32_t> thin;
    for (std::size_t n = 0; n < patient.labels.size(); ++n)
        if (patient.labels[n] == label)
            if (glm::ivec3 const i = shell.voxel(n); shell.is_outermost(i) && shell.is_thin(i))
                thin.push_back(std::uint32_t(n));
    // Patches whose voxels touch, be it by a corner.
    std::vector<char> is_seen(thin.size(), 0);
    std::vector<std::uint32_t> holes;
    double const face_mm2 = patient.ct.grid.spacing_mm.x * patient.ct.grid.spacing_mm.y;
    for (std::size_t first = 0; first < thin.size(); ++first) {
        if (is_seen[first]) continue;
        is_seen[first] = 1;
        std::vector<std::uint32_t> patch{thin[first]};
        for (std::size_t n = 0; n < patch.size(); ++n)
            for (int corner = 0; corner < 27; ++corner) {
                glm::ivec3 const i =
                    shell.voxel(patch[n]) + glm::ivec3{corner % 3 - 1, corner / 3 % 3 - 1, corner / 9 - 1};
                if (!shell.is_own(i)) continue;
                auto const at = std::uint32_t(shell.index(i));
                auto const found = std::ranges::lower_bound(thin, at);
                if (found == thin.end() || *found != at) continue;
                char& seen = is_seen[std::size_t(found - thin.begin())];
                if (seen) continue;
                seen = 1;
                patch.push_back(at);
            }
        if (double(patch.size()) * face_mm2 >= least_mm2) holes.insert(holes.end(), patch.begin(), patch.end());
    }
    std::ranges::sort(holes);
    return holes;
}

} // namespace fluoro
