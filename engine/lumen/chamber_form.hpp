#pragma once
#include <fluoro/patient/volume.hpp>
#include <vector>

namespace fluoro {

/// Chambers' form: how much of a label is around a point, smoothed over the label map's voxels, read as a distance.
/// It is measured in a window of the label map, wherever one is looked through. For one thread.
class ChamberForm {
public:
    /// Distances up to `band_mm` are wanted. The patient's label map must outlive it.
    ChamberForm(LumenGraph const& graph, Patient const& patient, double band_mm);
    /// From now on `distance_mm` answers in this box.
    void look(Vec3 const& low_mm, Vec3 const& high_mm);
    /// Negative in a chamber; at most the band.
    double distance_mm(Vec3 const& p) const;

private:
    /// A field over the window, x fastest.
    struct Window {
        glm::ivec3 low{0}, size{0}; ///< of the label map
        std::size_t number(glm::ivec3 const& v) const
        {
            return (std::size_t(v.z) * std::size_t(size.y) + std::size_t(v.y)) * std::size_t(size.x) + std::size_t(v.x);
        }
    };
    bool is_chamber(glm::ivec3 const& voxel) const;
    void transform(std::vector<float>& field);
    void smooth();

    Patient const& patient_;
    double band_mm_;
    int margin_ = 0; ///< voxels beyond the box that can matter in it
    Mat4 index_from_patient_{1.0};
    std::vector<bool> labels_;     ///< is it a chamber's?
    glm::ivec3 low_{0}, high_{-1}; ///< of the label map: all chambers
    Window window_;
    bool is_near_ = false;     ///< a wall runs through the window
    double everywhere_mm_ = 0; ///< the distance where none does
    std::vector<float> distance_, inside_, outside_;
    std::vector<double> value_, edges_;
    std::vector<int> roots_;
};

} // namespace fluoro
