#pragma once
#include <cmath>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/core/error.hpp>
#include <optional>

namespace fluoro::test {

/// The spine alone: quicker to draw, and no other organ's label mixes in.
inline Anatomy spine_of(std::string const& name, std::vector<std::string> const& settings = {})
{
    PatientParameters parameters = built_in_patient(name);
    for (auto const& setting : settings) set(parameters, setting);
    Anatomy anatomy;
    anatomy.plan = plan_body(parameters);
    anatomy.lumens.landmarks = anatomy.plan.places;
    for (NamedBuilder const& builder : builders())
        if (std::string{builder.name} == "spine") builder.build(anatomy);
    return anatomy;
}

inline Level level_named(std::string const& name)
{
    for (int i = 0; i < levels; ++i)
        if (name_of(level_at(i)) == name) return level_at(i);
    throw Error{"no level " + name};
}

/// Of the nearest voxel; nothing outside.
inline std::optional<std::size_t> voxel_at(Patient const& patient, Vec3 const& p)
{
    Grid const& grid = patient.ct.grid;
    glm::ivec3 const at{glm::round((p - grid.origin_mm) / grid.spacing_mm)};
    if (glm::any(glm::lessThan(at, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(at, grid.size))) return {};
    return (std::size_t(at.z) * std::size_t(grid.size.y) + std::size_t(at.y)) * std::size_t(grid.size.x) +
           std::size_t(at.x);
}

inline int label_at(Patient const& patient, Vec3 const& p)
{
    auto const at = voxel_at(patient, p);
    return at ? patient.labels[*at] : -1;
}

/// One vertebra with what is around it, in 0.5 mm voxels, and rulers for it.
struct Specimen {
    Anatomy anatomy;
    Level level;
    VertebraPlan plan;
    Patient voxels;
    int label;

    explicit Specimen(std::string const& level_name, std::string const& patient = "adult-male",
                      std::vector<std::string> const& settings = {})
        : anatomy{spine_of(patient, settings)}, level{level_named(level_name)}, plan{anatomy.plan.vertebra(level)},
          label{label_of("vertebrae_" + level_name)}
    {
        Vec3 const o = plan.frame.origin_mm;
        voxels = voxelise(anatomy, {0.5, {o - Vec3{32, 26, 26}, o + Vec3{32, 66, 26}}});
    }

    Vec3 at(Vec3 const& local) const { return plan.frame.at(local.x, local.y, local.z); }
    int label_here(Vec3 const& local) const { return label_at(voxels, at(local)); }
    double hu_here(Vec3 const& local) const { return voxels.ct.hu[voxel_at(voxels, at(local)).value()]; }
    /// Length of the run of voxels around a point, along a direction, for which `is` holds [mm].
    template <class Is> double run_mm(Vec3 const& local, Vec3 const& direction, Is is) const
    {
        double length = 0;
        for (double sign : {1.0, -1.0})
            for (double t = sign > 0 ? 0 : 0.1; t < 60 && is(label_here(local + sign * t * direction)); t += 0.1)
                length += 0.1;
        return length;
    }
    double bone_mm(Vec3 const& local, Vec3 const& direction) const
    {
        return run_mm(local, direction, [this](int l) { return l == label; });
    }
    double half_depth() const { return plan.endplate_depth_mm / 2; }
    double rim() const { return (plan.anterior_height_mm + plan.posterior_height_mm) / 4; }
    double anterior_mm() const { return bone_mm({0, -0.86 * half_depth(), 0}, {0, 0, 1}); }
    double posterior_mm() const { return bone_mm({0, 0.84 * half_depth(), 0}, {0, 0, 1}); }
    double middle_mm() const { return bone_mm({0, 0.05 * half_depth(), 0}, {0, 0, 1}); }
    /// Across the rim from outside inward, the widest of its outermost tenth: the lower one, where no process stands
    /// beside it; in the neck the upper one over the uncinate processes, for the lower one is bevelled.
    double end_plate_width_mm() const
    {
        double widest = 0;
        for (double share = 0.8; share < 0.95; share += 0.03) {
            Vec3 const from{0, 0.2 * half_depth(), (level <= Level::c7 ? share : -share) * rim()};
            double reach[2] = {30, 30};
            for (int side : {0, 1})
                while (reach[side] > 0 && label_here(from + Vec3{side ? reach[side] : -reach[side], 0, 0}) != label)
                    reach[side] -= 0.1;
            widest = std::max(widest, reach[0] + reach[1]);
        }
        return widest;
    }
    double end_plate_depth_mm() const
    {
        double deepest = 0;
        for (double z = -0.95 * rim(); z < -0.6 * rim(); z += 0.4) {
            double front = -25, back = 0.6 * half_depth();
            while (front < 0 && label_here({0, front, z}) != label) front += 0.1;
            while (back < 25 && label_here({0, back, z}) == label) back += 0.1;
            deepest = std::max(deepest, back - front);
        }
        return deepest;
    }
    Vec3 mark(std::string const& what) const
    {
        return plan.frame.local(anatomy.lumens.landmarks.at(what + name_of(level)));
    }
};

} // namespace fluoro::test
