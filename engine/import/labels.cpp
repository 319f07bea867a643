#include "labels.hpp"

#include <cmath>

namespace fluoro {

namespace {

constexpr double same_place_mm = 1e-3;

struct Step {
    glm::i64vec3 along[3]; ///< change of the other grid's index for one step of ours
    glm::i64vec3 start;
};

/// The other grid's voxel for each of ours, when every one of ours lies on one of theirs.
bool find_step(Grid const& ct, Grid const& other, Step& step)
{
    Mat4 const other_from_ct = other.index_from_patient() * ct.patient_from_index();
    for (int axis = 0; axis < 3; ++axis) step.along[axis] = glm::i64vec3{glm::round(Vec3{other_from_ct[axis]})};
    step.start = glm::i64vec3{glm::round(Vec3{other_from_ct[3]})};
    // Both maps are affine: what holds at the eight corners holds everywhere.
    for (int corner = 0; corner < 8; ++corner) {
        glm::i64vec3 const mine{corner & 1 ? ct.size.x - 1 : 0, corner & 2 ? ct.size.y - 1 : 0,
                                corner & 4 ? ct.size.z - 1 : 0};
        glm::i64vec3 const theirs =
            step.start + step.along[0] * mine.x + step.along[1] * mine.y + step.along[2] * mine.z;
        for (int axis = 0; axis < 3; ++axis)
            if (theirs[axis] < 0 || theirs[axis] >= other.size[axis]) return false;
        Vec3 const gap =
            map_point(ct.patient_from_index(), Vec3{mine}) - map_point(other.patient_from_index(), Vec3{theirs});
        if (!(glm::length(gap) <= same_place_mm)) return false;
    }
    return ct.voxels() == other.voxels();
}

} // namespace

std::vector<std::uint16_t> labels_on(Grid const& ct, Grid const& from, std::vector<std::uint16_t> ids,
                                     std::string const& where)
{
    Step step;
    if (!find_step(ct, from, step))
        throw Error{where + ": the label map's grid (" + describe(from) + ") is not the CT's (" + describe(ct) +
                    "); resample the labels onto the CT"};
    std::int64_t const strides[3] = {1, from.size.x, std::int64_t(from.size.x) * from.size.y};
    auto const offset = [&](glm::i64vec3 const& index) {
        return index.x * strides[0] + index.y * strides[1] + index.z * strides[2];
    };
    std::vector<std::uint16_t> on_ct;
    on_ct.reserve(ids.size());
    std::int64_t const along_row = offset(step.along[0]);
    for (int k = 0; k < ct.size.z; ++k)
        for (int j = 0; j < ct.size.y; ++j) {
            std::int64_t at = offset(step.start) + offset(step.along[1]) * j + offset(step.along[2]) * k;
            for (int i = 0; i < ct.size.x; ++i, at += along_row) on_ct.push_back(ids[std::size_t(at)]);
        }
    return on_ct;
}

} // namespace fluoro
