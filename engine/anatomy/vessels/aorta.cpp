#include "courses.hpp"
#include "vessel_sizes.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>

namespace fluoro {

namespace {

/// A widening of one part of the aorta.
struct Aneurysm {
    double middle = 0, half_length = 1; ///< along the points' numbers, see add_aorta
    double diameter_mm = 0;             ///< outer; 0 = none
};

struct Knot {
    Vec3 at;
    double outer; ///< diameter [mm]
    double age;   ///< how far [mm] this point goes to the left in an unfolded aorta of 85 years
};

/// "PART:DIAMETER_MM": widest in the middle of the part.
void widen(std::vector<double>& outer_mm, PatientParameters const& parameters, std::size_t ascending,
           std::size_t descending, std::size_t abdominal)
{
    for (auto const& row : parameters.list("aneurysm")) {
        bool const is_known =
            row.size() == 2 && (row[0] == "ascending" || row[0] == "descending" || row[0] == "abdominal");
        double diameter = 0;
        if (is_known) {
            PatientParameters one;
            one.options["aneurysm"] = row[1];
            diameter = one.number("aneurysm", 0);
        }
        if (!is_known || !(diameter >= 20 && diameter <= 90))
            throw Error{"aneurysm=" + parameters.options.at("aneurysm") +
                        ": write ascending, descending or abdominal, a colon and the outer diameter of 20 to 90 mm, "
                        "e.g. abdominal:55"};
        std::size_t const middle = row[0] == "ascending" ? ascending : row[0] == "descending" ? descending : abdominal;
        for (std::size_t i = 0; i < outer_mm.size(); ++i) {
            double const apart = (double(i) - double(middle)) / 1.2;
            outer_mm[i] = std::max(outer_mm[i], std::lerp(outer_mm[i], diameter, std::exp(-apart * apart)));
        }
    }
}

} // namespace

void add_aorta(VesselTree& tree)
{
    BodyPlan const& plan = tree.plan();
    Placement const at{plan};
    AorticDiameters const d = aortic_diameters(plan.parameters);
    ArchVariant const variant = arch_variant(plan.parameters);
    double const old = ageing(plan.parameters);
    // The first branch leaves the lower, the more the arch's top has risen behind it.
    double const drop = variant == ArchVariant::type_3 ? 26 : variant == ArchVariant::type_2 ? 12 : 0;
    double const rise = 0.45 * drop;

    // The reference man's course behind the root.
    std::vector<Knot> const knots{
        {{-9, -52, 289}, d.ascending, -2},
        {{-6, -50, 299 - 0.1 * drop}, 0.97 * d.ascending, -2},
        {{1, -45, 307 - 0.2 * drop}, 0.5 * (d.ascending + d.arch), 0}, // brachiocephalic trunk
        {{12, -37, 310 + 0.1 * drop}, d.arch, 1},                      // left common carotid
        {{21, -24, 311 + rise}, d.arch, 3},                            // left subclavian
        {{24, -8, 307 + rise}, 0.5 * (d.arch + d.descending), 4},
        {{26, 4, 297}, d.descending, 4},      // aberrant subclavian
        {{27.5, 13.5, 280}, d.descending, 4}, // bronchial arteries
        {{29, 20.5, 255}, d.descending, 5},
        {{30, 25.5, 231}, d.descending, 7},
        {{29, 25.5, 208}, 0.98 * d.descending, 9},
        {{27, 22, 184}, 0.96 * d.descending, 9},
        {{22.5, 12, 158}, 0.94 * d.descending, 6},
        {{15, -3, 130}, 0.92 * d.descending, 2},
        {{6, -12, 101}, d.hiatus, 0},                         // hiatus
        {{5, -15, 92}, d.hiatus, 0},                          // coeliac trunk
        {{4.5, -19, 76}, 0.5 * (d.hiatus + d.infrarenal), 0}, // superior mesenteric artery
        {{4, -22.5, 58}, 1.03 * d.infrarenal, 0},             // renal arteries
        {{4, -26, 36}, d.infrarenal, 2},
        {{5, -29, 14}, d.infrarenal, 4},
        {{5, -30, -8}, d.lower, 4},  // inferior mesenteric artery
        {{4, -29, -41}, d.lower, 2}, // bifurcation
    };
    // It leaves the root along the root's own axis.
    Vec3 const root = tree.node_mm("sinotubular-junction");
    Vec3 const axis = glm::normalize(root - tree.node_mm("aortic-valve"));
    std::vector<Vec3> points{root, root + 11 * plan.scale * axis};
    std::vector<double> outer{0.97 * d.ascending, d.ascending};
    for (Knot const& knot : knots) {
        points.push_back(at(knot.at + Vec3{knot.age * old, 0, 0}));
        outer.push_back(knot.outer);
    }
    // points[i + 2] is knots[i].
    widen(outer, plan.parameters, 2, 12, 21);
    std::vector<double> radii;
    for (double const diameter : outer) {
        // Outer radius = blood + wall, the wall as wall_mm() has it.
        double blood = diameter / 2;
        for (int i = 0; i < 8; ++i) blood = diameter / 2 - wall_mm(WallClass::elastic_artery, blood);
        radii.push_back(blood);
    }
    tree.trunk("sinotubular-junction", points, radii,
               {{"ascending-aorta", "brachiocephalic-ostium", 4},
                {"aortic-arch-proximal", "left-carotid-ostium", 5},
                {"aortic-arch-middle", "left-subclavian-ostium", 6},
                {"aortic-arch-distal", "aortic-isthmus", 8},
                {"descending-aorta-upper", "bronchial-ostium", 9},
                {"descending-aorta", "aortic-hiatus", 16},
                {"abdominal-aorta-supracoeliac", "coeliac-ostium", 17},
                {"abdominal-aorta-coeliac", "superior-mesenteric-ostium", 18},
                {"abdominal-aorta-suprarenal", "renal-ostia", 19},
                {"abdominal-aorta-infrarenal", "inferior-mesenteric-ostium", 22},
                {"abdominal-aorta-lower", "aortic-bifurcation", 23}},
               "aorta");
}

} // namespace fluoro
