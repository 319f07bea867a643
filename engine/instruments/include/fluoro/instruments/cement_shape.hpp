#pragma once
#include <array>
#include <fluoro/instruments/cement.hpp>
#include <fluoro/instruments/tool_picture.hpp>

namespace fluoro {

/// Cement as the picture sees it: inside a smooth surface through the steps of its voxels, its volume kept.
/// docs/theory/cement.md, section 5
class CementShape {
public:
    void update(FieldGrid const& grid, std::span<Cement::Parcel const> parcels);

    std::span<CloudParcel const> parcels() const { return parcels_; } ///< a voxel each

private:
    /// A voxel that the surface may cut, by eight parts.
    struct Edge {
        glm::vec3 at_mm{0};
        float density = 0;            ///< cement in a cubic millimetre of its inside
        std::array<float, 8> share{}; ///< of cement about each part
    };
    std::vector<CloudParcel> parcels_;
    std::vector<float> share_, density_, spare_;
    std::vector<Edge> edge_;
    glm::ivec3 low_{0}, size_{0};

    std::size_t index(glm::ivec3 const& cell) const;
    void smooth(std::vector<float>& field);
    double volume_within(float surface, double voxel_mm3) const;
};

} // namespace fluoro
