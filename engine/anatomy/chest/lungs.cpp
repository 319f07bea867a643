#include "../builders.hpp"
#include "lung_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fluoro {

namespace {

constexpr double cloud_mm = 5.0;           ///< spacing of the points that trees grow to
constexpr double bare_rim_mm = 6;          ///< below the pleura no vessel is wide enough to be drawn
constexpr double vein_clear_mm = 2.5;      ///< between what veins grow to and a bundle of bronchus and artery
constexpr double dependent_hu = 75;        ///< the back of a lung over its front, lying on the back: 50 to 100
constexpr double fissure_mm = 0.2;         ///< two layers of pleura
constexpr double seam_mm = 10;             ///< by which lobes lie under those above: any voxel
constexpr double vessel_in_graph_mm = 1.0; ///< radius; thinner twigs are drawn only
constexpr double wall_density = 1.05, blood_density = 1.06;
constexpr double blood_hu = 40;

/// Mass with its blood [g]: ICRP 89 for the two reference adults, others by the cube of their height.
double lung_mass_g(PatientParameters const& p, Side side)
{
    bool const is_female = p.sex == Sex::female;
    double const reference = is_female ? (side == Side::right ? 508 : 442) : (side == Side::right ? 642 : 558);
    return reference * std::pow(p.height_mm / (is_female ? 1630 : 1760), 3);
}

double volume_mm3(TubePiece const& piece)
{
    double const a = piece.from_radius_mm, b = piece.to_radius_mm;
    return std::numbers::pi / 3 * glm::length(piece.to_mm - piece.from_mm) * (a * a + a * b + b * b);
}

class Builder {
public:
    explicit Builder(Anatomy& anatomy)
        : anatomy_{anatomy}, plan_{anatomy.plan}, seed_{unsigned(plan_.parameters.seed * 131 + 7)}, fissures_{plan_},
          lungs_{lung(plan_, Side::left), lung(plan_, Side::right)}, clouds_{sample(lungs_[0], fissures_, Side::left,
                                                                                    cloud_mm, seed_),
                                                                             sample(lungs_[1], fissures_, Side::right,
                                                                                    cloud_mm, seed_)}
    {
    }

    void build()
    {
        grow_trees();
        draw_parenchyma();
        draw_vessels();
        draw_airways();
        fill_graphs();
    }

private:
    static constexpr std::array sides{Side::left, Side::right};

    void grow_trees()
    {
        std::vector<std::vector<Vec3>> by_segment(segments().size());
        for (LungCloud const& cloud : clouds_)
            for (LungCloud::Point const& point : cloud.points)
                if (point.depth_mm > bare_rim_mm) by_segment[std::size_t(point.segment)].push_back(point.at);
        std::vector<double> shares;
        double total = 0;
        for (auto const& cloud : by_segment) total += double(cloud.size());
        for (auto const& cloud : by_segment) shares.push_back(double(cloud.size()) / total);

        LumenGraph& vessels = anatomy_.lumens.vessels;
        auto const valve = vessels.find_node("pulmonary-valve");
        Vec3 const valve_at = valve ? vessels.nodes_mm[std::size_t(*valve)] : plan_.place("pulmonary-valve");
        trees_.airways = central_airways(plan_);
        double unit = 0;
        trees_.arteries = central_arteries(plan_, valve_at, shares, unit);
        grow_beside(trees_, plan_, by_segment, unit);
        veins_ = central_veins(plan_, vessels, shares, unit);
        // Veins run between the bundles of bronchus and artery.
        auto const thick = [](Branch const& b) { return b.radii_mm.front() > 0.8; };
        std::vector<TubePiece> taken = pieces_of(trees_.arteries, thick);
        for (TubePiece const& piece : pieces_of(trees_.airways, thick, airway_wall_mm)) taken.push_back(piece);
        Shape const bundles = branches(taken);
        grow_veins(veins_, plan_, by_segment, unit,
                   [&](Vec3 const& p) { return bundles.distance_mm(p) > vein_clear_mm; });
    }

    /// Volume of the pieces that lie in a lung [mm3].
    double inside_mm3(std::span<TubePiece const> pieces, Shape const& lung) const
    {
        double sum = 0;
        for (TubePiece const& piece : pieces)
            if (lung.distance_mm((piece.from_mm + piece.to_mm) / 2.0) < 0) sum += volume_mm3(piece);
        return sum;
    }

    void draw_parenchyma()
    {
        auto const all = [](Branch const&) { return true; };
        std::vector<TubePiece> blood = pieces_of(trees_.arteries, all);
        for (TubePiece const& piece : pieces_of(veins_, all)) blood.push_back(piece);
        std::vector<TubePiece> const air = pieces_of(trees_.airways, all);
        std::vector<TubePiece> const tubes = pieces_of(trees_.airways, all, airway_wall_mm);
        unsigned const seed = seed_;
        for (Side const side : sides) {
            Shape const& form = lungs_[std::size_t(side)];
            LungCloud const& cloud = clouds_[std::size_t(side)];
            double const air_mm3 = inside_mm3(air, form), wall_mm3 = inside_mm3(tubes, form) - air_mm3;
            double const blood_mm3 = inside_mm3(blood, form);
            // What is left of the mass after vessels and bronchial walls is spread over what is left of the volume.
            double const mass_g =
                lung_mass_g(plan_.parameters, side) - (blood_density * blood_mm3 + wall_density * wall_mm3) / 1000;
            double const density = 1000 * mass_g / (cloud.volume_mm3() - blood_mm3 - wall_mm3 - air_mm3);
            double const mean_hu = 1000 * (density - 1);
            double const slope = dependent_hu / (170 * plan_.scale); // over the depth of a lung
            double const middle_y = cloud.middle.y;
            auto const hu = [=](Vec3 const& p, double) {
                // Lobules, and patches of several of them.
                return mean_hu + slope * (p.y - middle_y) + 14 * noise(p, 2.6, seed) + 12 * noise(p, 11, seed + 1);
            };
            for (Lobe const lobe :
                 {Lobe::left_lower, Lobe::left_upper, Lobe::right_lower, Lobe::right_middle, Lobe::right_upper}) {
                if (side_of(lobe) != side) continue;
                Organ organ{std::string{"lung-"} + name_of(lobe),
                            label_of(lobe),
                            Rank::cavity,
                            {mean_hu, density, 14, 2.6},
                            lobe_shape(form, fissures_, lobe, seam_mm),
                            hu};
                organ.skin_depth_mm = 0;
                anatomy_.organs.push_back(std::move(organ));
            }
            for (bool const is_horizontal : {false, true}) {
                if (is_horizontal && side == Side::left) continue;
                anatomy_.organs.push_back({is_horizontal        ? "fissure-horizontal"
                                           : side == Side::left ? "fissure-left"
                                                                : "fissure-right",
                                           label_of(side == Side::left ? Lobe::left_upper : Lobe::right_upper),
                                           Rank::organ,
                                           {20, density},
                                           fissure_sheet(form, fissures_, side, is_horizontal, fissure_mm)});
            }
        }
    }

    void draw(std::string const& name, char const* label, Rank rank, Tissue const& tissue,
              std::vector<TubePiece> const& pieces)
    {
        anatomy_.organs.push_back({name, label_of(label), rank, tissue, branches(pieces)});
    }

    void draw_vessels()
    {
        Tissue const blood{blood_hu, blood_density};
        auto const laid = [](Branch const& b) { return b.is_laid; };
        auto const grown = [](Branch const& b) { return !b.is_laid; };
        draw("pulmonary-artery", "pulmonary_artery", Rank::lumen, blood, pieces_of(trees_.arteries, laid));
        draw("pulmonary-veins", "pulmonary_vein", Rank::lumen, blood, pieces_of(veins_, laid));
        std::vector<TubePiece> twigs = pieces_of(trees_.arteries, grown);
        for (TubePiece const& piece : pieces_of(veins_, grown)) twigs.push_back(piece);
        draw("pulmonary-vessels", "pulmonary_vessel", Rank::lumen, blood, twigs);
    }

    void draw_airways()
    {
        Branch const& trachea = trees_.airways.front();
        auto const below = [&](Branch const& b) { return &b != &trachea; };
        Tissue const wall{45, wall_density}, air{-1000, 0.0012};
        anatomy_.organs.push_back({"trachea-wall", label_of("airway_wall"), Rank::wall, wall,
                                   trachea_shape(trachea, 1.8 * calibre_of(plan_)), trachea_wall_hu(trachea)});
        draw("bronchial-walls", "airway_wall", Rank::wall, wall, pieces_of(trees_.airways, below, airway_wall_mm));
        draw("bronchi", "bronchus", Rank::lumen, air, pieces_of(trees_.airways, below));
        anatomy_.organs.push_back({"trachea", label_of("trachea"), Rank::lumen, air, trachea_shape(trachea, 0)});
    }

    void fill_graphs()
    {
        int const artery = label_of("pulmonary_artery"), vein = label_of("pulmonary_vein"),
                  twig = label_of("pulmonary_vessel"), bronchus = label_of("bronchus"), trachea = label_of("trachea");
        LumenGraph& vessels = anatomy_.lumens.vessels;
        add_edges(vessels, trees_.arteries, vessel_in_graph_mm, false, [=](Branch const& b) {
            return std::pair{b.is_laid ? WallClass::elastic_artery : WallClass::muscular_artery,
                             b.is_laid ? artery : twig};
        });
        add_edges(vessels, veins_, vessel_in_graph_mm, true, [=](Branch const& b) {
            return std::pair{WallClass::vein, b.is_laid ? vein : twig};
        });
        add_edges(anatomy_.lumens.airways, trees_.airways, 0, false, [=](Branch const& b) {
            return std::pair{WallClass::airway, b.to == "carina" ? trachea : bronchus};
        });
    }

    Anatomy& anatomy_;
    BodyPlan const& plan_;
    unsigned seed_;
    Fissures fissures_;
    std::array<Shape, 2> lungs_; ///< by Side
    std::array<LungCloud, 2> clouds_;
    Bronchovascular trees_;
    Tree veins_;
};

} // namespace

std::vector<PatientOption> lungs_options()
{
    return {};
}

void build_lungs(Anatomy& anatomy)
{
    Builder{anatomy}.build();
}

} // namespace fluoro
