#pragma once
#include <fluoro/patient/lumen_graph.hpp>
#include <utility>

namespace fluoro::test {

/// A heart and the trunks that leave and reach it, as straight tubes with a man's calibres: small enough for a unit
/// test, whole enough for the blood to go round.
struct SyntheticBody {
    LumenGraph graph;
    int node(Vec3 const& at_mm) { return graph.add_node(at_mm); }
    int edge(char const* name, int from, int to, double begin_mm, double end_mm, WallClass wall)
    {
        return graph.add_edge(name, from, {graph.nodes_mm[std::size_t(to)]}, {begin_mm, end_mm}, wall, 1, to);
    }
    /// To a new node; returns that node.
    int grow(char const* name, int from, Vec3 const& by_mm, double begin_mm, double end_mm, WallClass wall)
    {
        int const to = node(graph.nodes_mm[std::size_t(from)] + by_mm);
        edge(name, from, to, begin_mm, end_mm, wall);
        return to;
    }
    /// A vein that ends at this node; returns its beginning.
    int drain(char const* name, int to, Vec3 const& by_mm, double begin_mm, double end_mm)
    {
        int const from = node(graph.nodes_mm[std::size_t(to)] + by_mm);
        edge(name, from, to, begin_mm, end_mm, WallClass::vein);
        return from;
    }
};

inline LumenGraph synthetic_body()
{
    SyntheticBody b;
    auto constexpr chamber = WallClass::chamber, elastic = WallClass::elastic_artery;
    auto constexpr artery = WallClass::muscular_artery, coronary = WallClass::coronary;
    int const mitral = b.node({20, 0, 0}), aortic = b.node({5, 0, 30}), tricuspid = b.node({-20, 0, 0});
    int const pulmonary = b.node({15, -30, 30}), left_atrium = b.node({10, 20, 20}),
              right_atrium = b.node({-40, 0, 10});
    b.edge("left-ventricle", mitral, aortic, 20, 12, chamber);
    b.edge("right-ventricle", tricuspid, pulmonary, 20, 12, chamber);
    int const from_right = b.node({-15, 25, 20}), from_left = b.node({35, 25, 20});
    b.edge("left-atrium-right", from_right, left_atrium, 8, 12, chamber);
    b.edge("left-atrium-left", from_left, left_atrium, 8, 12, chamber);
    b.edge("left-atrium", left_atrium, mitral, 15, 12, chamber);
    int const above = b.node({-40, 0, 40}), below = b.node({-40, 0, -25}), sinus = b.node({-25, 15, -5});
    b.edge("right-atrium-superior", above, right_atrium, 10, 12, chamber);
    b.edge("right-atrium-inferior", below, right_atrium, 11, 12, chamber);
    b.edge("right-atrium-sinus", sinus, right_atrium, 5, 6, chamber);
    b.edge("right-atrium", right_atrium, tricuspid, 15, 12, chamber);

    int const sinuses = b.grow("aortic-root", aortic, {0, 0, 20}, 14, 14, elastic);
    int const left_main = b.grow("left-main", sinuses, {12, -5, 0}, 2.3, 2.2, coronary);
    int const lad = b.grow("lad-proximal", left_main, {12, -15, -5}, 1.9, 1.8, coronary);
    int const lad_mid = b.grow("lad-mid", lad, {20, -20, -25}, 1.6, 1.4, coronary);
    b.grow("diagonal-1", lad, {30, -20, -30}, 1.1, 0.6, coronary);
    b.grow("lad-distal", lad_mid, {15, -5, -40}, 1.3, 0.7, coronary);
    int const circumflex = b.grow("circumflex-proximal", left_main, {20, 15, -10}, 1.7, 1.5, coronary);
    b.grow("obtuse-marginal-1", circumflex, {25, 10, -40}, 1.1, 0.6, coronary);
    b.grow("circumflex-distal", circumflex, {0, 20, -30}, 1.3, 0.7, coronary);
    int const rca = b.grow("rca-proximal", sinuses, {-20, -15, -10}, 1.9, 1.8, coronary);
    int const crux = b.grow("rca-mid", rca, {-10, 10, -50}, 1.7, 1.5, coronary);
    b.grow("acute-marginal", rca, {20, -25, -40}, 0.9, 0.5, coronary);
    b.grow("posterior-descending", crux, {40, -10, -15}, 1.1, 0.5, coronary);

    int const brachiocephalic = b.grow("ascending-aorta", sinuses, {0, 0, 60}, 14, 13, elastic);
    int const arch = b.grow("aortic-arch", brachiocephalic, {25, 30, 5}, 13, 11, elastic);
    int const neck = b.grow("brachiocephalic-trunk", brachiocephalic, {-30, 0, 30}, 6.5, 6.2, elastic);
    for (bool const is_left : {false, true}) {
        auto name = [&](char const* left, char const* right) { return is_left ? left : right; };
        double const side = is_left ? 1 : -1;
        int const root = is_left ? arch : neck;
        int const carotid =
            b.grow(name("left-common-carotid", "right-common-carotid"), root, {side * 10, 0, 100}, 4.2, 3.4, elastic);
        b.grow(name("left-internal-carotid", "right-internal-carotid"), carotid, {0, 5, 70}, 2.8, 2.5, artery);
        b.grow(name("left-external-carotid", "right-external-carotid"), carotid, {side * 20, 0, 60}, 2.2, 1.8, artery);
        int const arm = b.grow(name("left-subclavian-proximal", "right-subclavian-proximal"), root, {side * 40, 0, 30},
                               4.8, 4.3, elastic);
        b.grow(name("left-vertebral", "right-vertebral"), arm, {0, 10, 150}, 1.8, 1.5, artery);
        b.grow(name("left-axillary", "right-axillary"), arm, {side * 150, 0, -20}, 3.4, 2.4, artery);
    }
    int const chest = b.grow("descending-aorta", arch, {0, 20, -200}, 11, 9.8, elastic);
    for (double const side : {1.0, -1.0})
        b.grow(side > 0 ? "left-intercostal-8" : "right-intercostal-8", chest, {side * 120, 0, -20}, 2.4, 2, artery);
    int const coeliac = b.grow("abdominal-aorta-coeliac", chest, {-10, -30, -60}, 9.6, 8.8, elastic);
    int const splenic = b.grow("coeliac-trunk", coeliac, {0, -25, 0}, 3.4, 3.3, artery);
    b.grow("common-hepatic", splenic, {-60, 0, 10}, 2.6, 1.5, artery);
    b.grow("splenic", splenic, {90, 30, 20}, 2.5, 1.6, artery);
    b.grow("superior-mesenteric", coeliac, {0, -30, -120}, 3.8, 2.0, artery);
    int const renal = b.grow("abdominal-aorta-suprarenal", coeliac, {0, 0, -25}, 8.6, 8.2, elastic);
    b.grow("left-renal", renal, {50, 30, 0}, 3, 2.6, artery);
    b.grow("right-renal", renal, {-55, 30, 0}, 3, 2.6, artery);
    int const fork = b.grow("abdominal-aorta-infrarenal", renal, {0, 10, -100}, 8, 7.6, elastic);
    int const groin_vein = b.node({-30, 0, -250});
    for (double const side : {1.0, -1.0}) {
        bool const is_left = side > 0;
        int const pelvis =
            b.grow(is_left ? "left-common-iliac" : "right-common-iliac", fork, {side * 45, 20, -60}, 4.7, 4.3, elastic);
        b.grow(is_left ? "left-internal-iliac" : "right-internal-iliac", pelvis, {0, 50, -50}, 2.8, 2, artery);
        b.grow(is_left ? "left-common-femoral" : "right-common-femoral", pelvis, {side * 20, -40, -120}, 3.6, 3.2,
               artery);
        b.drain(is_left ? "left-common-iliac-vein" : "right-common-iliac-vein", groin_vein, {side * 60, 10, -120}, 5,
                7);
    }

    int const kidneys = b.node({-30, 0, -140}), liver = b.node({-35, 0, -45});
    b.edge("inferior-vena-cava", groin_vein, kidneys, 9.5, 10.5, WallClass::vein);
    b.edge("inferior-vena-cava-renal", kidneys, liver, 10.5, 11, WallClass::vein);
    b.edge("inferior-vena-cava-hepatic", liver, below, 11, 11, WallClass::vein);
    b.drain("left-renal-vein", kidneys, {70, 20, 0}, 4, 4.6);
    b.drain("right-renal-vein", kidneys, {-30, 20, 0}, 4.2, 5);
    b.drain("right-hepatic-vein", liver, {-70, 0, -30}, 2, 4.5);
    int const gut = b.node({-10, -20, -130}), portal = b.node({-50, -20, -80});
    b.edge("portal-vein", gut, portal, 6.2, 6.2, WallClass::vein);
    b.drain("splenic-vein", gut, {80, 40, 40}, 3.5, 4.5);
    b.drain("superior-mesenteric-vein", gut, {0, 0, -120}, 2.5, 5);
    b.grow("right-portal-vein", portal, {-40, 0, 10}, 4.5, 2, WallClass::vein);
    int const head = b.node({-25, 0, 100});
    b.edge("superior-vena-cava", head, above, 9, 10, WallClass::vein);
    b.drain("left-internal-jugular", head, {60, 0, 150}, 5, 7);
    b.drain("right-internal-jugular", head, {-10, 0, 150}, 5, 7);
    b.drain("right-axillary-vein", head, {-180, 0, 20}, 4, 6);
    b.drain("left-axillary-vein", head, {200, 0, 20}, 4, 6);
    b.drain("azygos", head, {10, 30, -150}, 2, 4.5);
    int const coronary_sinus = b.drain("coronary-sinus", sinus, {25, 15, 0}, 4.5, 5);
    b.drain("great-cardiac-vein", coronary_sinus, {30, -60, 10}, 1, 2.5);
    b.drain("middle-cardiac-vein", coronary_sinus, {40, -20, -50}, 0.8, 1.8);

    int const lungs = b.grow("pulmonary-trunk", pulmonary, {0, 20, 40}, 13.5, 12.7, elastic);
    for (double const side : {1.0, -1.0}) {
        bool const is_left = side > 0;
        int const hilum = b.grow(is_left ? "pulmonary-artery-left" : "pulmonary-artery-right", lungs,
                                 {side * 45, 10, -10}, 10, 7.5, elastic);
        b.grow(is_left ? "pulmonary-artery-left-upper" : "pulmonary-artery-right-upper", hilum, {side * 30, 0, 50}, 5,
               2, artery);
        b.grow(is_left ? "pulmonary-artery-left-lower" : "pulmonary-artery-right-lower", hilum, {side * 30, 20, -60}, 6,
               2, artery);
        b.drain(is_left ? "left-upper-vein" : "right-upper-vein", is_left ? from_left : from_right, {side * 50, 0, 40},
                2, 6);
        b.drain(is_left ? "left-lower-vein" : "right-lower-vein", is_left ? from_left : from_right,
                {side * 50, 10, -50}, 2, 6);
    }
    return std::move(b.graph);
}

} // namespace fluoro::test
