#pragma once
#include <fluoro/physics/material.hpp>
#include <utility>
#include <vector>

namespace fluoro {

/// What one cm3 holds, as mass of library materials [g/cm3]. Solutions keep their water; nothing is negative.
struct Mixture {
    std::vector<std::pair<MaterialId, double>> g_cm3;
    friend bool operator==(Mixture const&, Mixture const&) = default;
};

/// A library material at its default density.
Mixture pure(MaterialId id);
/// Non-ionic iodinated contrast medium, by iodine per volume of the solution; 0 .. 400 mg/mL. What is not iodine is
/// taken as water, of the mass that a real solution of that strength has. docs/theory/contrast-media.md
Mixture iodine_solution(double mg_iodine_per_ml);
/// Gadolinium chelate solution, by gadolinium per volume; 0 .. 160 mg/mL.
Mixture gadolinium_solution(double mg_gadolinium_per_ml);
/// Barium sulphate suspension, by g BaSO4 per 100 mL (% weight/volume); 0 .. 250.
Mixture barium_suspension(double g_baso4_per_100ml);
/// Bone cement: PMMA with this share of its mass as BaSO4 [0, 1).
Mixture bone_cement(double baso4_mass_fraction);
/// Carbon dioxide or air at body temperature and atmospheric pressure.
Mixture carbon_dioxide();
Mixture air_bubble();
/// `share` of `a` by volume with the rest `b`, e.g. contrast medium thinned by blood; share in [0, 1].
Mixture blend(Mixture const& a, Mixture const& b, double share);
/// The same attenuation from 25 to 120 keV, written with the few materials that a picture follows: water, bone, steel,
/// and whatever has a K edge there (iodine, barium, tungsten, platinum, ...). Those stay as they are; any other becomes
/// their combination, amounts of either sign: within 0.7 % for metals without an edge, polymers and tissues, 0.4 % for
/// alloys with tungsten, 3.1 % for platinum-iridium but for between the two's edges.
Mixture in_picture_materials(Mixture const& mixture);
/// Mass of one cm3 [g].
double density_g_cm3(Mixture const& mixture);
/// Linear attenuation [1/mm].
double attenuation_per_mm(Mixture const& mixture, PhotonEnergy energy);

} // namespace fluoro
