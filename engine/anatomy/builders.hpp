#pragma once
#include <fluoro/anatomy/anatomy.hpp>

// One function per organ system, in the file of its name; anatomy.cpp says their order.
namespace fluoro {

void build_surface(Anatomy& anatomy);
void build_muscles(Anatomy& anatomy);
void build_limbs(Anatomy& anatomy);
void build_abdomen(Anatomy& anatomy);
void build_heart(Anatomy& anatomy);
void build_arteries(Anatomy& anatomy);
void build_veins(Anatomy& anatomy);
void build_lungs(Anatomy& anatomy);
void build_head(Anatomy& anatomy);
void build_throat(Anatomy& anatomy);
void build_upper_gut(Anatomy& anatomy);
void build_spine(Anatomy& anatomy);
void build_rib_cage(Anatomy& anatomy);
void build_shoulder_girdle(Anatomy& anatomy);
void build_pelvis(Anatomy& anatomy);
/// Brings organs to their masses once everything that covers them is there.
void build_masses(Anatomy& anatomy);
void build_objects(Anatomy& anatomy);

std::vector<PatientOption> muscles_options();
std::vector<PatientOption> limbs_options();
std::vector<PatientOption> abdomen_options();
std::vector<PatientOption> heart_options();
std::vector<PatientOption> arteries_options();
std::vector<PatientOption> veins_options();
std::vector<PatientOption> lungs_options();
std::vector<PatientOption> head_options();
std::vector<PatientOption> throat_options();
std::vector<PatientOption> upper_gut_options();
std::vector<PatientOption> spine_options();
std::vector<PatientOption> rib_cage_options();
std::vector<PatientOption> shoulder_girdle_options();
std::vector<PatientOption> pelvis_options();
std::vector<PatientOption> objects_options();

} // namespace fluoro
