#include "../morphology.hpp"
#include "../places.hpp"
#include "findings.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

// TotalSegmentator's ids.
constexpr int l5_label = 27, c1_label = 50, aorta_label = 52, femur_left = 75, femur_right = 76;

Mask mask_of(std::vector<std::uint16_t> const& labels, int first, int last)
{
    Mask mask(labels.size());
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = labels[i] >= first && labels[i] <= last;
    return mask;
}

/// A small lattice around what carries a label, with that as a mask.
struct Piece {
    Lattice lattice;
    Mask mask;
};
std::optional<Piece> piece_of(Lattice const& lattice, std::vector<std::uint16_t> const& labels, int label)
{
    glm::ivec3 low = lattice.size, high{-1};
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] == label) {
            glm::ivec3 const at = lattice.cell(i);
            low = glm::min(low, at);
            high = glm::max(high, at);
        }
    if (high.x < 0) return std::nullopt;
    low = glm::max(low - 2, glm::ivec3{0});
    high = glm::min(high + 2, lattice.size - 1);
    Piece piece;
    piece.lattice = lattice;
    piece.lattice.size = high - low + 1;
    piece.lattice.origin_mm = lattice.position(low);
    piece.mask.resize(piece.lattice.count());
    for (std::size_t i = 0; i < piece.mask.size(); ++i)
        piece.mask[i] = labels[lattice.index(piece.lattice.cell(i) + low)] == label;
    return piece;
}

/// The middle of the thickest part: of a vertebra its body, of a femur its head (when cut below).
Vec3 thick_part(Piece const& piece, double share)
{
    std::vector<float> const depth = depth_in(piece.lattice, piece.mask);
    float const most = *std::ranges::max_element(depth);
    Mask core(depth.size());
    for (std::size_t i = 0; i < core.size(); ++i) core[i] = depth[i] > share * most;
    Parts const parts = parts_of(piece.lattice, core, 0);
    Vec3 sum{0};
    double count = 0;
    for (std::size_t i = 0; i < core.size(); ++i)
        if (parts.number[i] == 1) sum += piece.lattice.position(piece.lattice.cell(i)), count += 1;
    return sum / count;
}

} // namespace

void find_from_labels(Findings& found, std::vector<std::uint16_t> const& labels)
{
    Lattice const& lattice = found.work.lattice;
    double const cube_mm3 = std::pow(lattice.spacing_mm, 3);
    std::map<Level, FoundVertebra> vertebrae;
    for (int label = l5_label; label <= c1_label; ++label) {
        auto const piece = piece_of(lattice, labels, label);
        if (!piece || double(std::ranges::count(piece->mask, 1)) * cube_mm3 < 3000) continue;
        glm::ivec3 const low = lattice.nearest(piece->lattice.position(2, 2, 2));
        glm::ivec3 const high = lattice.nearest(piece->lattice.position(piece->lattice.size - 3));
        // Cut by the CT's end: its middle would be another's.
        if (low.z <= 1 || high.z >= lattice.size.z - 2) continue;
        vertebrae[Level(int(Level::l5) - (label - l5_label))] = {thick_part(*piece, 0.55), {0, 0, 1}};
    }
    if (vertebrae.size() >= 2) {
        for (auto at = vertebrae.begin(); at != vertebrae.end(); ++at) {
            auto const above = at == vertebrae.begin() ? at : std::prev(at);
            auto const below = std::next(at) == vertebrae.end() ? at : std::next(at);
            at->second.up = glm::normalize(above->second.centre_mm - below->second.centre_mm);
        }
        found.spine.vertebrae = vertebrae;
        found.spine.confidence = 1;
        found.spine.reasons = {"named by the label map"};
    }
    for (auto const& [label, hip] : {std::pair{femur_left, &found.hip.left}, {femur_right, &found.hip.right}})
        if (auto const piece = piece_of(lattice, labels, label)) {
            // The head is the upper end.
            Piece upper = *piece;
            int top = 0;
            for (std::size_t i = 0; i < upper.mask.size(); ++i)
                if (upper.mask[i] != 0) top = std::max(top, upper.lattice.cell(i).z);
            for (std::size_t i = 0; i < upper.mask.size(); ++i)
                if ((top - upper.lattice.cell(i).z) * lattice.spacing_mm > 55) upper.mask[i] = 0;
            if (double(std::ranges::count(upper.mask, 1)) * cube_mm3 > 20e3) *hip = thick_part(upper, 0.6);
        }
    Mask const right = mask_of(labels, 12, 14), left = mask_of(labels, 10, 11);
    if (double(std::ranges::count(right, 1) + std::ranges::count(left, 1)) * cube_mm3 > 800e3) {
        for (std::size_t i = 0; i < right.size(); ++i)
            if (found.lungs[i] != 3) found.lungs[i] = right[i] != 0 ? 1 : left[i] != 0 ? 2 : 0;
    }
    // The aorta's middle in every slice, where it is one round section and contrast has not shown it already.
    if (found.aorta) return;
    FoundAorta aorta;
    for (int k = lattice.size.z - 2; k > 0; --k) {
        Vec3 sum{0};
        double count = 0;
        glm::ivec2 low{1 << 20}, high{-1};
        for (int j = 0; j < lattice.size.y; ++j)
            for (int i = 0; i < lattice.size.x; ++i)
                if (labels[lattice.index(i, j, k)] == aorta_label) {
                    sum += lattice.position(i, j, k);
                    count += 1;
                    low = glm::min(low, glm::ivec2{i, j});
                    high = glm::max(high, glm::ivec2{i, j});
                }
        double const area = count * lattice.spacing_mm * lattice.spacing_mm,
                     radius = std::sqrt(area / std::numbers::pi);
        glm::ivec2 const wide = high - low + 1;
        if (area < 40 || std::max(wide.x, wide.y) * lattice.spacing_mm > 3.2 * radius) continue;
        aorta.points_mm.push_back(sum / count);
        aorta.radii_mm.push_back(radius);
    }
    if (aorta.points_mm.size() > 10) {
        std::erase_if(found.not_found, [](std::string const& line) { return line.starts_with("aorta:"); });
        found.aorta = aorta;
    }
}

} // namespace fluoro
