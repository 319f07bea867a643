#pragma once
#include <cstdint>
#include <fluoro/anatomy/body_plan.hpp>
#include <fluoro/anatomy/depth.hpp>
#include <fluoro/patient/lumen_graph.hpp>
#include <functional>
#include <limits>
#include <optional>

namespace fluoro {

/// What an organ is made of.
struct Tissue {
    double hu = 0;            ///< mean
    double density_g_cm3 = 1; ///< for masses (ICRP 110)
    double texture_hu = 0;    ///< standard deviation of its own structure
    double texture_mm = 2;    ///< size of that structure
};

/// Who covers whom where organs overlap: higher is drawn later.
enum class Rank : int {
    skin = 0,
    fat = 10,
    muscle = 20,
    cavity = 30,
    organ = 40,
    bone = 50,
    wall = 60,
    lumen = 70,
    content = 80,
    object = 90
};

/// One structure: where it is and what it is made of. Drawn in the order of ranks, then in the order added.
struct Organ {
    std::string name; ///< "vertebra-l1", "liver", "oesophagus-wall", ...
    int label = 0;    ///< TotalSegmentator v2 id, or 1000 and up
    Rank rank = Rank::organ;
    Tissue tissue;
    Shape shape;
    /// HU at a point inside, so deep below the surface (0 for shapes that say their share of a voxel themselves);
    /// empty = the tissue's mean and texture.
    std::function<double(Vec3 const& p, Depth const& depth)> hu = {};
    /// Only drawn where this label is already (a tumour inside its organ); 0 = anywhere.
    int only_inside = 0;
    /// Deeper than this `hu` does not ask how deep, and may be told any such depth: inner voxels then cost no distance.
    double skin_depth_mm = std::numeric_limits<double>::infinity();
};

/// The whole body as shapes, ways and places. Drawn by voxelise(), fitted to a CT by fit().
struct Anatomy {
    BodyPlan plan;
    std::vector<Organ> organs;
    Lumens lumens;
};

/// Something about a patient that KEY=VALUE can set, beside the fields of PatientParameters.
struct PatientOption {
    std::string name;    ///< "stenosis"
    std::string form;    ///< what the value looks like: "SEGMENT:PERCENT[:LENGTH_MM]; more after a ;"
    std::string meaning; ///< one line for people
};
/// One builder per organ system: draws its organs from the plan, may read what earlier ones added.
struct NamedBuilder {
    char const* name;
    void (*build)(Anatomy& anatomy);
    std::vector<PatientOption> options; ///< that it reads
};
/// In their order: a builder may read what those before it have added.
std::vector<NamedBuilder> const& builders();

/// The fields of PatientParameters that KEY=VALUE can set.
std::vector<PatientOption> patient_fields();

Anatomy build_anatomy(PatientParameters const& parameters);

/// Ids of our own in the label map, beside TotalSegmentator's.
struct LabelName {
    int id;
    char const* name;
};
std::vector<LabelName> const& label_names();
int label_of(std::string_view name);

} // namespace fluoro
