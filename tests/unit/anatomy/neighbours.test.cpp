#include "chest/chest_form.hpp"
#include "chest/lung_parts.hpp"
#include "heart/heart_form.hpp"
#include "vessels/vessel_tree.hpp"

#include <algorithm>
#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/core/parallel.hpp>
#include <gtest/gtest.h>
#include <map>
#include <measured.hpp>
#include <set>

// Whether the organs of the built-in patients keep out of each other: centre lines with their radii and walls, bones,
// heart and stomach.
namespace fluoro {
namespace {

constexpr double spacing_mm = 2.5; ///< of the points asked: less than half the radius of what is large

/// A centre line at a coarse spacing with the radius of its outside.
struct Tube {
    LumenGraph const* graph;
    LumenEdge const* edge;
    std::vector<Vec3> at;
    std::vector<double> outer_mm, along_mm;
    double length_mm;
    Box box;
};

double outer_radius(LumenEdge const& e, double radius)
{
    static std::set<int> const lung{label_of("pulmonary_artery"), label_of("pulmonary_vein")};
    if (lung.contains(e.label)) return radius; // given and drawn with their walls
    if (e.wall == WallClass::coronary) return 0.4 + 1.1 * radius;
    if (e.wall == WallClass::airway) return radius + airway_wall_mm(radius);
    return radius + wall_mm(e.wall, radius);
}

/// What is left out: chambers are organs; trees that were grown in the lung or on the heart keep their distances by the
/// rules of their growth.
bool is_laid(LumenEdge const& e)
{
    bool const is_grown = e.label == label_of("pulmonary_vessel") || e.name.find("-twig-") != std::string::npos ||
                          (e.name.starts_with("bronchus-") && e.name != "bronchus-intermedius");
    return e.wall != WallClass::chamber && !is_grown;
}

std::vector<Tube> tubes_of(Anatomy const& anatomy)
{
    std::vector<Tube> tubes;
    for (LumenGraph const* g : {&anatomy.lumens.vessels, &anatomy.lumens.airways})
        for (LumenEdge const& e : g->edges) {
            if (!is_laid(e)) continue;
            Tube t{g, &e, {}, {}, {}, e.length_mm(), {Vec3{1e9}, Vec3{-1e9}}};
            double along = 0, next = 0;
            for (std::size_t i = 0; i < e.points_mm.size(); ++i) {
                if (i > 0) along += glm::length(e.points_mm[i] - e.points_mm[i - 1]);
                if (along < next && i + 1 < e.points_mm.size()) continue;
                next = along + spacing_mm;
                double const r = outer_radius(e, e.radii_mm[i]);
                t.at.push_back(e.points_mm[i]);
                t.outer_mm.push_back(r);
                t.along_mm.push_back(along);
                t.box = around(t.box, {t.at.back() - r, t.at.back() + r});
            }
            tubes.push_back(std::move(t));
        }
    return tubes;
}

/// Lengths of the ways between the ends of two tubes; infinite where there is none.
struct Ways {
    std::array<std::array<double, 2>, 2> mm{{{1e9, 1e9}, {1e9, 1e9}}};
    Ways(Tube const& a, Tube const& b)
    {
        if (a.graph != b.graph) return;
        std::array const of_a{a.edge->from, a.edge->to}, of_b{b.edge->from, b.edge->to};
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t k = 0; k < 2; ++k) {
                auto const way = a.graph->way(of_a[i], of_b[k]);
                if (way.empty() && of_a[i] != of_b[k]) continue;
                mm[i][k] = 0;
                for (int const e : way) mm[i][k] += a.graph->edges[std::size_t(e)].length_mm();
            }
    }
    /// Along the lumen from a point of one to a point of the other.
    double between(Tube const& a, std::size_t i, Tube const& b, std::size_t k) const
    {
        std::array const to_a{a.along_mm[i], a.length_mm - a.along_mm[i]},
            to_b{b.along_mm[k], b.length_mm - b.along_mm[k]};
        double least = 1e9;
        for (std::size_t u = 0; u < 2; ++u)
            for (std::size_t v = 0; v < 2; ++v) least = std::min(least, to_a[u] + mm[u][v] + to_b[v]);
        return least;
    }
};

/// How deep two tubes are in each other. Where they spring from one another they may: up to three times both radii
/// along the lumen, where branches at 40 degrees part.
double overlap_mm(Tube const& a, Tube const& b)
{
    if (is_empty(overlap(a.box, b.box))) return 0;
    double most = 0;
    std::optional<Ways> ways;
    for (std::size_t i = 0; i < a.at.size(); ++i)
        for (std::size_t k = 0; k < b.at.size(); ++k) {
            double const both = a.outer_mm[i] + b.outer_mm[k];
            double const deep =
                std::min(both - glm::length(a.at[i] - b.at[k]), 2 * std::min(a.outer_mm[i], b.outer_mm[k]));
            if (deep <= most) continue;
            if (!ways) ways.emplace(a, b);
            if (ways->between(a, i, b, k) > 3 * both) most = deep;
        }
    return most;
}

/// How deep the tube's outside is in the solid: of its middle and of twelve points around it.
double depth_in(Tube const& t, Shape const& solid)
{
    if (is_empty(overlap(t.box, solid.bounds()))) return 0;
    double most = 0;
    for (std::size_t i = 0; i < t.at.size(); ++i) {
        if (solid.distance_mm(t.at[i]) > t.outer_mm[i]) continue;
        Vec3 const ahead = glm::normalize(t.at[std::min(i + 1, t.at.size() - 1)] - t.at[i > 0 ? i - 1 : 0]);
        Vec3 const across = glm::normalize(glm::cross(ahead, std::abs(ahead.x) < 0.7 ? Vec3{1, 0, 0} : Vec3{0, 1, 0}));
        Vec3 const third = glm::cross(ahead, across);
        most = std::max(most, -solid.distance_mm(t.at[i]));
        for (int turn = 0; turn < 360; turn += 30) {
            double const a = radians(double(turn));
            Vec3 const rim = t.at[i] + t.outer_mm[i] * (std::cos(a) * across + std::sin(a) * third);
            most = std::max(most, -solid.distance_mm(rim));
        }
    }
    return most;
}

/// A contact that is deeper than others may be. Names by their beginning.
struct Contact {
    char const *one, *other;
    double depth_mm;
    char const* reason;
};
// Depths: a tenth more than the deepest of the four patients.
constexpr Contact contacts[] = {
    // What opens into the heart, and the heart's own.
    {"inferior-vena-cava-hepatic", "myocardium", 14.6, "opens into the right atrium"},
    {"superior-vena-cava", "myocardium", 9.2, "opens into the right atrium"},
    {"coronary-sinus", "myocardium", 10, "opens into the right atrium"},
    {"pulmonary-vein-", "myocardium", 13.6, "opens into the left atrium"},
    {"vein-", "myocardium", 8.8, "first branches of those veins, beside the atria's wall"},
    {"pulmonary-trunk", "myocardium", 4.2, "leaves the right ventricle"},
    {"aortic-root", "myocardium", 13.3, "lies between the chambers"},
    {"left-coronary-sinus", "myocardium", 9, "of the aortic root"},
    {"right-coronary-sinus", "myocardium", 9, "of the aortic root"},
    // The roots of the lungs against the atria: thin walls that give way.
    {"bronchus-intermedius", "myocardium", 9.8, "presses the roof of the left atrium"},
    {"main-bronchus-left", "myocardium", 6, "presses the roof of the left atrium"},
    {"lobar-bronchus-", "myocardium", 6.6, "beside the left atrium"},
    {"basal-bronchus-right", "myocardium", 3.8, "beside the left atrium"},
    {"interlobar-artery-right", "myocardium", 3.5, "beside the left atrium"},
    {"pulmonary-artery-left", "myocardium", 3.5, "over the left appendage"},
    {"azygos", "myocardium", 6.3, "empty in front of the spine, flat under the left atrium"},
    // The heart of a man of 115 kg, the aorta of a woman of 78 years: wide for the chest they are in.
    {"descending-aorta", "myocardium", 6, "the base of the left ventricle rests on it"},
    {"descending-aorta", "pulmonary-vein-left-inferior", 6, "the vein crosses it and is pressed flat"},
    {"descending-aorta", "vein-left-basal", 4, "the vein crosses it and is pressed flat"},
    {"descending-aorta", "pulmonary-artery-left", 4, "the artery's arch rides before it"},
    {"descending-aorta", "interlobar-artery-left", 3.6, "the artery's arch rides before it"},
    {"descending-aorta", "lobar-bronchus-left-lower", 3.5, "before it at the hilum"},
    {"ascending-aorta", "pulmonary-artery-right", 3.9, "the artery passes behind it, held by the carina"},
    {"aortic-root", "pulmonary-artery-right", 3.4, "the artery passes behind it, held by the carina"},
    {"ascending-aorta", "superior-vena-cava", 3.7, "a vein of low pressure beside it"},
    // In the grooves of the heart's base.
    {"great-cardiac-vein", "descending-aorta", 6.2, "between base and aorta, pressed flat"},
    {"great-cardiac-vein", "basal-bronchus-left", 5.3, "between base and hilum"},
    {"great-cardiac-vein", "upper-division-bronchus-left", 4.7, "between base and hilum"},
    {"great-cardiac-vein", "lingular-bronchus", 3.4, "between base and hilum"},
    {"circumflex", "pulmonary-vein-left-superior", 4, "under the vein's mouth"},
    {"obtuse-marginal-1", "pulmonary-vein-left-superior", 3.5, "under the vein's mouth"},
    {"circumflex", "basal-bronchus-left", 3.9, "between base and hilum"},
    {"left-main", "pulmonary-trunk", 4.2, "runs in the fat behind the trunk"},
    // Under the heart and in the belly: the stomach's wall is soft.
    {"middle-cardiac-vein", "stomach-wall", 4.2, "through the diaphragm's centre, on the fundus"},
    {"posterior-descending", "stomach-wall", 4.2, "through the diaphragm's centre, on the fundus"},
    {"descending-aorta", "stomach-wall", 3.6, "behind the fundus"},
    {"right-external-iliac", "right-external-iliac-vein", 6.6, "winds over the vein in the old"},
    {"left-external-iliac", "left-external-iliac-vein", 3.4, "winds over the vein in the old"},
    {"left-brachial-vein", "left-basilic-vein", 3.7, "join at the border of teres major"},
    {"right-brachial-vein", "right-basilic-vein", 3.7, "join at the border of teres major"},
    // Large veins beside bone, which in life are flat there. The neck, the shoulder and the groin.
    {"left-brachiocephalic-vein", "clavicle-left", 3.7, "behind the joint with the sternum"},
    {"right-brachiocephalic-vein", "clavicle-right", 2.2, "behind the joint with the sternum"},
    {"left-brachiocephalic-vein", "sternum", 1.7, "behind the manubrium"},
    {"left-subclavian-vein", "clavicle-left", 3.5, "flat between clavicle and first rib"},
    {"right-subclavian-vein", "clavicle-right", 3.5, "flat between clavicle and first rib"},
    {"left-axillary-vein", "", 4.3, "flat between clavicle and first ribs"},
    {"right-axillary-vein", "", 4.3, "flat between clavicle and first ribs"},
    {"left-cephalic-vein", "clavicle-left", 4.2, "flat under the clavicle"},
    {"right-cephalic-vein", "clavicle-right", 4.2, "flat under the clavicle"},
    {"left-subclavian", "rib-left-1", 2, "in its groove on the first rib"},
    {"right-subclavian", "rib-right-1", 2, "in its groove on the first rib"},
    {"left-axillary", "rib-left-1", 1.8, "in its groove on the first rib"},
    {"right-axillary", "rib-right-1", 1.9, "in its groove on the first rib"},
    {"left-vertebral", "vertebra-", 3.4, "in the transverse foramina"},
    {"right-vertebral", "vertebra-", 3.4, "in the transverse foramina"},
    {"left-internal-", "vertebra-C1", 2.8, "against the mass of the atlas"},
    {"right-internal-", "vertebra-C1", 2.8, "against the mass of the atlas"},
    {"nasopharynx", "vertebra-C1", 2.3, "its back wall lies on the arch of the atlas"},
    {"larynx", "cricoid", 2, "is the cartilage's inside"},
    {"inferior-vena-cava", "disc-L4-L5", 2.1, "flat on the spine"},
    {"left-common-femoral-vein", "hip-bone-left", 3.6, "on the pubic ramus"},
    {"right-common-femoral-vein", "hip-bone-right", 3.6, "on the pubic ramus"},
    {"left-external-iliac-vein", "hip-bone-left", 3.8, "on the pelvic brim"},
    {"right-external-iliac-vein", "hip-bone-right", 3.8, "on the pelvic brim"},
};

double allowed_mm(std::string const& one, std::string const& other, double usual)
{
    for (Contact const& c : contacts)
        if ((one.starts_with(c.one) && other.starts_with(c.other)) ||
            (other.starts_with(c.one) && one.starts_with(c.other)))
            return c.depth_mm;
    return usual;
}

Anatomy const& patient(std::string const& name)
{
    static std::map<std::string, Anatomy> kept;
    auto const known = kept.find(name);
    if (known != kept.end()) return known->second;
    Anatomy& anatomy = kept[name];
    anatomy.plan = plan_body(built_in_patient(name));
    std::set<std::string> const own{"heart",     "arteries", "veins",    "lungs",           "throat",
                                    "upper_gut", "spine",    "rib_cage", "shoulder_girdle", "pelvis"};
    for (NamedBuilder const& builder : builders())
        if (own.contains(builder.name)) builder.build(anatomy);
    return anatomy;
}

// Three millimetres: a vessel's wall, its sheath and the fat between two of them give way that far where they lie on
// each other; centre lines are curves through a few given points.
TEST(Neighbours, no_centre_line_leads_its_tube_into_another)
{
    for (std::string const& name : built_in_patient_names()) {
        std::vector<Tube> const tubes = tubes_of(patient(name));
        test::Extremes deep{"neighbours_tubes_mm_" + name};
        ASSERT_GT(tubes.size(), 300u);
        for (std::size_t i = 0; i < tubes.size(); ++i)
            for (std::size_t k = i + 1; k < tubes.size(); ++k) {
                double const mm = overlap_mm(tubes[i], tubes[k]);
                deep.see(mm);
                std::string const &a = tubes[i].edge->name, &b = tubes[k].edge->name;
                EXPECT_LE(mm, allowed_mm(a, b, 3)) << name << ": " << a << " | " << b;
            }
    }
}

// Bone does not give way: 1.5 mm are its roughness (0.5 mm either way) and half of what a curve misses between points.
// The heart's muscle and the stomach give way like vessels.
TEST(Neighbours, no_tube_runs_into_bone_heart_or_stomach)
{
    for (std::string const& name : built_in_patient_names()) {
        Anatomy const& anatomy = patient(name);
        std::vector<Tube> const tubes = tubes_of(anatomy);
        std::vector<Organ const*> solids;
        for (Organ const& o : anatomy.organs)
            if (o.rank == Rank::bone || o.name == "myocardium" || o.name == "stomach-wall") solids.push_back(&o);
        ASSERT_GT(solids.size(), 60u);
        std::vector<std::map<std::string, double>> found(solids.size());
        parallel_for(int(solids.size()), [&](int first, int last) {
            for (int i = first; i < last; ++i)
                for (Tube const& t : tubes) {
                    bool const is_on_it =
                        solids[std::size_t(i)]->name == "myocardium" &&
                        (t.edge->wall == WallClass::coronary || t.edge->name.ends_with("cardiac-vein"));
                    double const mm = is_on_it ? 0 : depth_in(t, solids[std::size_t(i)]->shape);
                    if (mm > 0) found[std::size_t(i)][t.edge->name] = mm;
                }
        });
        test::Extremes in_bone{"neighbours_in_bone_mm_" + name};
        for (std::size_t i = 0; i < solids.size(); ++i)
            for (auto const& [tube, mm] : found[i]) {
                bool const is_bone = solids[i]->rank == Rank::bone;
                if (is_bone) in_bone.see(mm);
                EXPECT_LE(mm, allowed_mm(tube, solids[i]->name, is_bone ? 1.5 : 3))
                    << name << ": " << tube << " | " << solids[i]->name;
            }
    }
}

// From the trachea's left border to the arch's, as it is measured in a chest picture: 30 to 35 mm in adults of middle
// age (typical); a millimetre for centre lines.
TEST(Neighbours, the_aortic_knob_is_as_wide_as_in_chest_pictures)
{
    Anatomy const& man = patient("adult-male");
    LumenGraph const &vessels = man.lumens.vessels, &airways = man.lumens.airways;
    LumenEdge const& arch = vessels.edges[std::size_t(*vessels.find_edge("aortic-arch-distal"))];
    LumenEdge const& trachea = airways.edges[std::size_t(*airways.find_edge("trachea"))];
    double most = 0, height = 0;
    for (std::size_t i = 0; i < arch.points_mm.size(); ++i)
        if (double const x = arch.points_mm[i].x + outer_radius(arch, arch.radii_mm[i]); x > most) {
            most = x;
            height = arch.points_mm[i].z;
        }
    auto const nearest =
        std::ranges::min_element(trachea.points_mm, {}, [&](Vec3 const& p) { return std::abs(p.z - height); });
    auto const at = std::size_t(nearest - trachea.points_mm.begin());
    double const knob = most - nearest->x - trachea.radii_mm[at];
    test::measured("neighbours_aortic_knob_mm", knob);
    EXPECT_GT(knob, 29);
    EXPECT_LT(knob, 36);
}

// The heart lies on the back of the sternum. Half a millimetre for its lattice of 2 mm and the wall's of 5.
TEST(Neighbours, the_heart_stays_behind_the_chest_wall_and_out_of_bone)
{
    for (std::string const& name : built_in_patient_names()) {
        Anatomy const& anatomy = patient(name);
        HeartForm const heart{anatomy.plan};
        Shape const cavity = thoracic_cavity(anatomy.plan);
        std::vector<Organ const*> bones;
        for (Organ const& o : anatomy.organs)
            if (o.rank == Rank::bone && !is_empty(overlap(o.shape.bounds(), heart.bounds_mm()))) bones.push_back(&o);
        auto const diaphragm = diaphragm_tops(anatomy.plan);
        double out = -1e9, in_bone = 0, behind_sternum = 1e9, in_diaphragm = 0;
        Box const box = heart.bounds_mm();
        constexpr double step = 3;
        for (double z = box.low.z; z < box.high.z; z += step)
            for (double y = box.low.y; y < heart.frame().origin_mm.y; y += step)
                for (double x = box.low.x; x < box.high.x; x += step) {
                    Vec3 const p{x, y, z};
                    double const d = heart.distance_mm(HeartPart::pericardium, p);
                    if (d > 0 || d < -12) continue; // deep inside there is muscle and blood
                    out = std::max(out, cavity.distance_mm(p));
                    in_diaphragm = std::max(in_diaphragm, diaphragm(x, y) - z);
                    for (Organ const* bone : bones) {
                        double const to_bone = bone->shape.distance_mm(p);
                        in_bone = std::max(in_bone, -to_bone);
                        if (bone->name == "sternum") behind_sternum = std::min(behind_sternum, to_bone);
                    }
                }
        test::measured("neighbours_heart_out_of_chest_mm_" + name, out);
        test::measured("neighbours_heart_behind_sternum_mm_" + name, behind_sternum);
        test::measured("neighbours_heart_in_diaphragm_mm_" + name, in_diaphragm);
        // It lies in its bed on the central tendon; a tenth more than the deepest, at the vena cava's hiatus and, in
        // the man of 115 kg, whose heart is large for his chest, at the left dome.
        EXPECT_LE(in_diaphragm, name == "obese-adult" ? 14.7 : 10.5) << name;
        EXPECT_LE(out, 0.5) << name;
        EXPECT_LE(in_bone, 0) << name;
        // Sac and fat: 2 to 6 mm from muscle to bone, of which the sac's outer face is the half (typical).
        EXPECT_LT(behind_sternum, 6) << name;
    }
}

} // namespace
} // namespace fluoro
