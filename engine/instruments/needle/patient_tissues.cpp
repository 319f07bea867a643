#include <fluoro/instruments/needle.hpp>

namespace fluoro {
namespace {

// TotalSegmentator's numbers, and our own from 1000 up.
constexpr int first_organ = 1, last_organ = 9, first_lung = 10, last_lung = 14, cord = 79, disc = 1020, fluid = 1111;
constexpr int heart = 51;
constexpr int air_hu = -700, fat_hu = -30, compact_hu = 450;

bool is_bone(int label)
{
    return (label >= 25 && label <= 50) || (label >= 69 && label <= 78) || (label >= 91 && label <= 116);
}

} // namespace

PatientTissues::PatientTissues(std::shared_ptr<Patient const> patient)
    : patient_{std::move(patient)}, index_from_patient_{patient_->ct.grid.index_from_patient()}, spine_{*patient_}
{
    for (LumenEdge const& edge : patient_->lumens.vessels.edges)
        if (edge.label != 0 && edge.wall != WallClass::chamber)
            (edge.wall == WallClass::vein ? vein_labels_ : artery_labels_).insert(edge.label);
}

TissueHere PatientTissues::at(Vec3 const& p_mm) const
{
    glm::ivec3 const i{glm::round(map_point(index_from_patient_, p_mm))}, size = patient_->ct.grid.size;
    if (glm::any(glm::lessThan(i, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(i, size))) return {};
    auto const n = (std::size_t(i.z) * std::size_t(size.y) + std::size_t(i.y)) * std::size_t(size.x) + std::size_t(i.x);
    TissueHere here;
    here.tissue = TissueKind::muscle;
    here.hu = double(patient_->ct.hu[n]);
    here.label = patient_->labels.empty() ? 0 : patient_->labels[n];
    int const label = here.label;
    if (label == cord || label == fluid)
        here.tissue = TissueKind::spinal_canal;
    else if (is_bone(label))
        here.tissue = here.hu > compact_hu ? TissueKind::cortical_bone : TissueKind::spongy_bone;
    else if (label == disc)
        here.tissue = TissueKind::ligament;
    else if (artery_labels_.contains(label) || vein_labels_.contains(label))
        here.tissue = TissueKind::vessel;
    else if (label >= first_lung && label <= last_lung)
        here.tissue = TissueKind::lung;
    else if ((label >= first_organ && label <= last_organ) || label == heart)
        here.tissue = TissueKind::organ;
    else if (here.hu < air_hu)
        here.tissue = TissueKind::air;
    else if (here.hu < fat_hu)
        here.tissue = TissueKind::fat;
    else if (here.hu > compact_hu)
        here.tissue = TissueKind::cortical_bone;
    here.is_vein = vein_labels_.contains(label);
    if (here.tissue != TissueKind::cortical_bone && here.tissue != TissueKind::spongy_bone)
        here.place = spine_.at(p_mm, label);
    return here;
}

} // namespace fluoro
