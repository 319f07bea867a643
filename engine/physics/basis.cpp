#include <algorithm>
#include <cmath>
#include <fluoro/physics/basis.hpp>
#include <fluoro/physics/material.hpp>
#include <vector>

namespace fluoro {
namespace {

constexpr PhotonEnergy effective_energy{70};
/// Energies over which a tissue's basis pair is fitted: those that carry a fluoroscopic picture. From 28 keV thin and
/// thick fat both come out well within 1 %; behind metal the softest are gone.
constexpr int tissue_from_kev = 28;
constexpr int metal_from_kev = 40;
constexpr int fit_to_kev = 120;

struct Node {
    double hu = 0;
    double bone_g_cm3 = 0;
};

double relative_to_water(MaterialId id)
{
    return mass_attenuation_cm2_g(id, effective_energy) /
           mass_attenuation_cm2_g(find_material("water"), effective_energy);
}

/// Bone [g/cm3] per unit of mu/mu_water at the effective energy that fits the tissue's attenuation best, the rest being
/// water: mu_tissue / relative(tissue) = (1 - relative(bone) b) mu_water + b mu_bone, with the smallest worst relative
/// error over the fit's energies. docs/theory/hu-to-density.md, eq. 4.
double bone_per_relative_mu(MaterialId tissue, int fit_from_kev = tissue_from_kev)
{
    auto const water = find_material("water");
    auto const bone = find_material("bone");
    double const bone_relative = relative_to_water(bone);
    double const tissue_relative = relative_to_water(tissue);

    struct Line {
        double at_zero, slope; ///< relative error = at_zero + slope x b
    };
    std::vector<Line> errors;
    for (int kev = fit_from_kev; kev <= fit_to_kev; ++kev) {
        PhotonEnergy const energy{double(kev)};
        double const mu_tissue = mass_attenuation_cm2_g(tissue, energy) / tissue_relative;
        double const mu_water = mass_attenuation_cm2_g(water, energy);
        double const mu_bone = mass_attenuation_cm2_g(bone, energy);
        errors.push_back({mu_water / mu_tissue - 1, (mu_bone - bone_relative * mu_water) / mu_tissue});
    }
    auto const worst = [&](double b) {
        double largest = 0;
        for (auto const [at_zero, slope] : errors) largest = std::max(largest, std::abs(at_zero + slope * b));
        return largest;
    };
    // The worst of straight lines is convex: cut the interval in thirds.
    double low = -1;
    double high = 4;
    while (high - low > 1e-10) {
        double const third = (high - low) / 3;
        if (worst(low + third) < worst(high - third))
            high -= third;
        else
            low += third;
    }
    return (low + high) / 2;
}

/// Where the straight line through a and b meets the one through c and d.
Node crossing(Node a, Node b, Node c, Node d)
{
    double const first = (b.bone_g_cm3 - a.bone_g_cm3) / (b.hu - a.hu);
    double const second = (d.bone_g_cm3 - c.bone_g_cm3) / (d.hu - c.hu);
    double const hu = (c.bone_g_cm3 - a.bone_g_cm3 + first * a.hu - second * c.hu) / (first - second);
    return {hu, a.bone_g_cm3 + first * (hu - a.hu)};
}

HuCurve fit_curve()
{
    auto const bone = find_material("bone");
    auto const lung = bone_per_relative_mu(find_material("lung"));
    auto const adipose = bone_per_relative_mu(find_material("adipose"));
    auto const soft_tissue = find_material("soft_tissue");
    auto const soft = bone_per_relative_mu(soft_tissue);
    auto const at = [](double hu, double bone_per_unit) { return Node{hu, bone_per_unit * (1 + hu / 1000)}; };

    // From nothing up to -250 HU lung; adipose about -100 HU; water at 0; soft tissue; then bone, ever richer in
    // mineral along the straight line through spongy and cortical bone, and metal on the straight line through titanium
    // and steel. The two lines meet at 3079 HU, by chance the ceiling of 12-bit CT. Straight lines between.
    auto const spongy_bone = find_material("spongy_bone");
    Node const spongy = at(hounsfield(spongy_bone), bone_per_relative_mu(spongy_bone));
    Node const cortical = at(hounsfield(bone), 1 / relative_to_water(bone));
    auto const metal = [&](char const* name) {
        auto const id = find_material(name);
        return at(hounsfield(id), bone_per_relative_mu(id, metal_from_kev));
    };
    Node const steel = metal("steel");
    std::array const nodes{at(-1000, lung),
                           at(-250, lung),
                           at(-130, adipose),
                           at(-70, adipose),
                           at(0, 0),
                           at(hounsfield(soft_tissue), soft),
                           spongy,
                           crossing(spongy, cortical, metal("titanium"), steel),
                           steel};
    static_assert(nodes.size() == HuCurve::hinges + 1);
    HuCurve curve;
    curve.soft_per_hu = 0.001;
    curve.soft_per_bone = relative_to_water(bone);
    double slope_before = 0;
    for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
        double const slope = (nodes[i + 1].bone_g_cm3 - nodes[i].bone_g_cm3) / (nodes[i + 1].hu - nodes[i].hu);
        curve.hu_at[i] = nodes[i].hu;
        curve.bone_slope[i] = slope - slope_before;
        slope_before = slope;
    }
    return curve;
}

} // namespace

double hounsfield(MaterialId tissue)
{
    return 1000 * (relative_to_water(tissue) * material(tissue).density_g_cm3 - 1);
}

HuCurve const& hu_curve()
{
    static HuCurve const curve = fit_curve();
    return curve;
}

BasisDensities basis_densities(double hu)
{
    auto const& curve = hu_curve();
    double bone = 0;
    for (int i = 0; i < HuCurve::hinges; ++i) bone += curve.bone_slope[i] * std::max(hu - curve.hu_at[i], 0.0);
    return {curve.soft_per_hu * (hu + 1000) - curve.soft_per_bone * bone, bone};
}

} // namespace fluoro
