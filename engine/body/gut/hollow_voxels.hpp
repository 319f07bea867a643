#pragma once
#include <array>
#include <fluoro/body/content.hpp>
#include <fluoro/patient/volume.hpp>
#include <functional>
#include <span>

namespace fluoro {

/// A hollow place cut into even boxes of some voxels of the CT each, with room to grow into what lies around it. The
/// boxes of the hollow as it is come first, then those around it, the nearer the earlier.
struct HollowVoxels {
    static constexpr int neighbours = 26;
    std::vector<glm::vec3> at_mm;
    std::vector<float> room_mm3; ///< that can be filled: of a box on the edge only the share that is hollow
    std::vector<float> air_mm3;  ///< of the room, what the CT shows as air
    std::vector<int> beside;     ///< neighbours x count; -1 = none
    std::vector<int> inward;     ///< of a box outside the hollow: its neighbour towards it; -1 inside
    std::array<glm::vec3, neighbours> to_neighbour_mm{};
    int inside = 0;             ///< boxes of the hollow itself
    double size_mm = 1;         ///< side of a cube as large as a box
    BasisDensities air, tissue; ///< mean of what the CT shows of the two parts
    int count() const { return int(at_mm.size()); }
    double total_mm3(int boxes) const;
    int nearest(Vec3 const& at, int boxes) const; ///< of the first so many; -1 if there are none
};

/// What a voxel of the CT is to a hollow.
enum class VoxelPart { outside, hollow, gives_way };

/// `box_mm`: wished side; `reach_mm`: how far it can grow into what gives way.
HollowVoxels hollow_voxels(Patient const& patient, double box_mm, double reach_mm,
                           std::function<VoxelPart(std::uint16_t label, Vec3 const& at_mm)> const& part);

/// Box by box, one slot each, in the two parts that the CT shows differently; a part without volume has no place.
struct HollowPlaces {
    std::shared_ptr<ContentPlaces const> in_air, in_tissue;
};
HollowPlaces hollow_places(HollowVoxels const& hollow);

} // namespace fluoro
