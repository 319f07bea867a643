#pragma once
#include "lung_lobes.hpp"
#include "lung_tree.hpp"

// What the lungs' builder is made of.
namespace fluoro {

/// Widths of women's airways and vessels over men's of the same height.
double calibre_of(BodyPlan const& plan);

/// A place near the hila: left, back, up from the carina [mm of the reference man]. Well below the carina heights
/// follow the diaphragm, which the roots of the lungs stand closer to in expiration.
Vec3 near_hilum(BodyPlan const& plan, double left, double back, double up);

/// Trachea, main, lobar and further bronchi down to those that segments leave from. Node "trachea-top" at its start.
Tree central_airways(BodyPlan const& plan);
/// Thickness of an airway's wall by the radius of its lumen [mm] (typical: main bronchi 1.5 mm, 2 mm lumen 0.5 mm).
double airway_wall_mm(double lumen_radius_mm);
/// The trachea's lumen, flattened behind, `more_mm` wider all round.
Shape trachea_shape(Branch const& trachea, double more_mm);
/// HU of the trachea's wall: cartilage rings in front and at the sides.
std::function<double(Vec3 const&, double)> trachea_wall_hu(Branch const& trachea);

/// Pulmonary trunk to the arteries that segments leave from, radii by Murray's law from the shares of the segments
/// (0 to 1, in the order of segments()). Also sets the radius with which a segment of share 1 would start.
Tree central_arteries(BodyPlan const& plan, Vec3 const& valve_mm, std::span<double const> shares,
                      double& unit_radius_mm);

/// From the left atrium to the places where the veins of a lobe, or of a part of it, meet.
struct VeinRoot {
    char const* name; ///< of the veins that grow from there: "right-upper"
    char const* node;
    std::vector<int> segments; ///< that it drains; of segments()
};
std::vector<VeinRoot> vein_roots();
Tree central_veins(BodyPlan const& plan, LumenGraph& vessels, std::span<double const> shares, double& unit_radius_mm);

/// Bronchi and arteries side by side: twigs of both from one tree of ways.
struct Bronchovascular {
    Tree airways, arteries;
};
void grow_beside(Bronchovascular& trees, BodyPlan const& plan, std::vector<std::vector<Vec3>> const& clouds,
                 double unit_radius_mm);
/// To those points only that `is_free` says.
void grow_veins(Tree& veins, BodyPlan const& plan, std::vector<std::vector<Vec3>> const& clouds, double unit_radius_mm,
                std::function<bool(Vec3 const&)> const& is_free);

} // namespace fluoro
