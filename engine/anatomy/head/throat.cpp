#include "../builders.hpp"
#include "head_parts.hpp"
#include "throat_form.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>

namespace fluoro {

namespace {

constexpr Vec3 to_the_left{1, 0, 0};
constexpr double air_hu = -1000, mucus_hu = 15;

std::vector<Vec3> places_of(std::vector<SweepSection> const& sections)
{
    std::vector<Vec3> places;
    for (std::size_t i = 1; i < sections.size(); ++i) places.push_back(sections[i].at_mm);
    return places;
}

class ThroatBuilder {
public:
    explicit ThroatBuilder(Anatomy& anatomy) : anatomy_{anatomy}, form_{throat_form(anatomy.plan)}, n_{form_.neck.scale}
    {
    }

    void build()
    {
        add_tongue();
        add_air();
        add_folds();
        add_graph();
        add_landmarks();
    }

private:
    Vec3 neck(double level, double left, double ahead) const { return form_.neck.at(level, left, ahead); }
    Sweep sagittal(std::vector<SweepSection> const& sections) const { return {sections, to_the_left, 2}; }
    void add(char const* name, char const* label, Rank rank, Tissue const& tissue, Shape const& shape)
    {
        anatomy_.organs.push_back({name, label_of(label), rank, tissue, shape});
    }

    void add_tongue()
    {
        HeadForm const& head = form_.head;
        double const h = head.size;
        Shape const front = ellipsoid(head.frame_at(0, -68, -32), h * Vec3{22, 27, 19});
        Shape const base =
            ellipsoid({neck(2.7, 0, 36), head.frame.left, head.frame.back, head.frame.up}, h * Vec3{21, 19, 25});
        add("tongue", "tongue", Rank::organ, {60, 1.05, 10, 4}, unite(front, base, 16 * h));
    }

    void add_air()
    {
        Tissue const air{air_hu, 0.0012};
        add("nasopharynx-lumen", "pharynx", Rank::lumen, air, sagittal(form_.nasopharynx).solid());
        Shape const oropharynx = sagittal(form_.oropharynx).solid();
        // The hypopharynx stands open above the arytenoids and is a closed slit below them.
        Shape const way = sagittal(form_.hypopharynx).solid();
        double const closes_z = neck(4.2, 0, 0).z;
        Organ hypopharynx{"hypopharynx-lumen", label_of("pharynx"), Rank::lumen, {mucus_hu, 1.0}, way};
        hypopharynx.hu = [closes_z](Vec3 const& p, double) {
            return std::lerp(mucus_hu, air_hu,
                             std::clamp((p.z - closes_z) / 8 + 0.5 + 0.3 * noise(p, 4, 21), 0.0, 1.0));
        };
        anatomy_.organs.push_back(hypopharynx);
        add("oropharynx-lumen", "pharynx", Rank::lumen, air, unite(oropharynx, vallecula(), 3 * n_));
        for (double side : {-1.0, 1.0})
            add(side > 0 ? "pyriform-sinus-left" : "pyriform-sinus-right", "pharynx", Rank::lumen, air,
                pyriform_sinus(side));
        auto trachea = anatomy_.lumens.airways.find_node("trachea-top");
        if (!trachea)
            throw Error{"the larynx finds no node 'trachea-top' to join: the lungs are built before the throat",
                        Error::Kind::failed};
        trachea_top_ = *trachea;
        Vec3 const top = anatomy_.lumens.airways.nodes_mm[std::size_t(trachea_top_)];
        double radius = 9 * n_;
        for (LumenEdge const& edge : anatomy_.lumens.airways.edges)
            if (edge.from == trachea_top_) radius = edge.radii_mm.front();
        form_.larynx.push_back({top, radius, radius});
        add("larynx-lumen", "larynx_lumen", Rank::lumen, air, larynx_air());
        // Last, so that its label ends flat at the fauces.
        add("mouth-lumen", "mouth", Rank::lumen, air, mouth_air());
    }

    /// A slit; behind the soft palate's edge a point belongs to the way, mouth or nose, whose middle is nearer.
    Shape mouth_air() const
    {
        Sweep const nose = sagittal(form_.nasopharynx);
        return sagittal(form_.mouth)
            .shaped(
                [nose](Sweep::Spot const& s, Vec3 const& p) {
                    double const own = s.cut_distance_mm();
                    return own > 12 ? own : std::max(own, 0.5 * (s.away_mm - nose.nearest(p).away_mm));
                },
                0);
    }

    /// In front of the epiglottis, a pouch on either side of the median fold.
    Shape vallecula() const
    {
        std::vector<SweepSection> const sections{{neck(3.42, 0, 29.5), 6 * n_, 1.6 * n_},
                                                 {neck(3.1, 0, 26), 10 * n_, 2.6 * n_},
                                                 {neck(2.75, 0, 21.5), 12 * n_, 3.4 * n_},
                                                 {neck(2.4, 0, 16), 12 * n_, 4.5 * n_}};
        Frame const fold{neck(3.15, 0, 27), {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        return without(sagittal(sections).solid(), rounded_box(fold, n_ * Vec3{1.4, 6, 5}, n_), 2 * n_);
    }

    /// Beside the laryngeal inlet, between the aryepiglottic fold and the thyroid lamina, to its apex at the true
    /// cords.
    Shape pyriform_sinus(double side) const
    {
        std::vector<SweepSection> const sections{{neck(3.55, side * 13.6, 11.5), 4.8 * n_, 7.0 * n_},
                                                 {neck(4.15, side * 14.3, 12.5), 4.5 * n_, 8.4 * n_},
                                                 {neck(4.75, side * 13.9, 12.5), 3.9 * n_, 7.2 * n_},
                                                 {neck(5.15, side * 13.0, 12), 2.7 * n_, 4.6 * n_},
                                                 {neck(5.4, side * 12.4, 11.5), 1.3 * n_, 1.8 * n_}};
        return sagittal(sections).solid();
    }

    Shape larynx_air() const
    {
        // Where it leaves the pharynx, a point belongs to the way whose middle is nearer.
        Sweep const pharynx = sagittal(form_.hypopharynx);
        // A little way into the trachea, so that no sheet of its wall is left between.
        std::vector<SweepSection> sections = form_.larynx;
        for (LumenEdge const& edge : anatomy_.lumens.airways.edges)
            if (edge.from == trachea_top_ && edge.points_mm.size() > 1) {
                SweepSection beyond = sections.back();
                beyond.at_mm += 2.0 * n_ * glm::normalize(edge.points_mm[1] - edge.points_mm[0]);
                sections.push_back(beyond);
            }
        Shape const way = sagittal(sections).shaped(
            [pharynx](Sweep::Spot const& s, Vec3 const& p) {
                double const own = s.cut_distance_mm();
                return own > 12 ? own : std::max(own, 0.5 * (s.away_mm - pharynx.nearest(p).away_mm));
            },
            0);
        // The ventricle: a cleft to either side between false and true cords, with a saccule that rises from its front
        // beside the false cord.
        Frame const cleft{neck(4.92, 0, 26.5), {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        std::vector<Shape> hollows{ellipsoid(cleft, n_ * Vec3{7.6, 6.5, 1.5})};
        for (double side : {-1.0, 1.0})
            hollows.push_back(rounded_cone(neck(4.9, side * 6.2, 28), 1.8 * n_, neck(4.6, side * 6.8, 30), 1.1 * n_));
        return unite(way, unite(hollows, n_), n_);
    }

    /// What stands in the air: soft palate with uvula, epiglottis. Drawn after it.
    void add_folds()
    {
        HeadForm const& head = form_.head;
        double const h = head.size;
        auto const palate = [&](double back, double up, double side, double other) {
            return SweepSection{head.at(0, back, up), h * side, h * other};
        };
        std::vector<SweepSection> const soft{palate(-50, -3, 17, 3), palate(-38, -6, 16, 3.6), palate(-29, -14, 13, 4),
                                             palate(-24, -24, 6, 3.6), palate(-22.5, -31, 3, 2.4)};
        add("soft-palate", "muscle", Rank::lumen, {55, 1.05}, sagittal(soft).solid());
        std::vector<SweepSection> const leaf{{neck(4.55, 0, 36), 3 * n_, 1.6 * n_},
                                             {neck(4.0, 0, 30), 7 * n_, 1.7 * n_},
                                             {neck(3.4, 0, 24), 11 * n_, 1.6 * n_},
                                             {neck(2.95, 0, 19.5), 12 * n_, 1.5 * n_},
                                             {neck(2.6, 0, 17.2), 8 * n_, 1.3 * n_}};
        Sweep const epiglottis = sagittal(leaf);
        // The leaf is curled: its sides lie further back.
        Shape const curled{grown(epiglottis.bounds(), 4), [epiglottis, n = n_](Vec3 const& p) {
                               double const x = p.x / n;
                               return 0.8 * epiglottis.nearest({p.x, p.y - n * x * x / 36, p.z}).distance_mm();
                           }};
        add("epiglottis", "epiglottis", Rank::lumen, {75, 1.08}, curled);
    }

    void add_graph()
    {
        LumenGraph& gut = anatomy_.lumens.gut;
        auto const radii = [](std::vector<double> filled, double scale) {
            for (double& r : filled) r *= scale;
            return filled;
        };
        int const lips = gut.add_node(form_.lips, "lips"), fauces = gut.add_node(form_.fauces, "fauces");
        int const inlet = gut.add_node(form_.laryngeal_inlet, "laryngeal-inlet");
        int const sphincter = gut.add_node(form_.upper_sphincter, "upper-sphincter");
        gut.add_edge("mouth", lips, places_of(form_.mouth), radii(form_.mouth_filled_mm, form_.head.size),
                     WallClass::gut, label_of("mouth"), fauces);
        gut.add_edge("oropharynx", fauces, places_of(form_.oropharynx), radii(form_.oropharynx_filled_mm, n_),
                     WallClass::gut, label_of("pharynx"), inlet);
        gut.add_edge("hypopharynx", inlet, places_of(form_.hypopharynx), radii(form_.hypopharynx_filled_mm, n_),
                     WallClass::gut, label_of("pharynx"), sphincter);
        // Radii of the airway are those of its open area.
        auto const open = [](std::vector<SweepSection> const& sections) {
            std::vector<double> r;
            for (SweepSection const& s : sections) r.push_back(std::sqrt(s.side_mm * s.other_mm));
            return r;
        };
        LumenGraph& air = anatomy_.lumens.airways;
        int const choanae = air.add_node(form_.nasopharynx.front().at_mm, "choanae");
        int const naso = air.add_edge("nasopharynx", choanae, places_of(form_.nasopharynx), open(form_.nasopharynx),
                                      WallClass::airway, label_of("pharynx"));
        int const middle = air.edges[std::size_t(naso)].to;
        int const oro = air.add_edge("pharynx", middle, places_of(form_.oropharynx), open(form_.oropharynx),
                                     WallClass::airway, label_of("pharynx"));
        int const pharynx = air.edges[std::size_t(oro)].to;
        air.node_names[std::size_t(pharynx)] = "laryngeal-inlet";
        air.add_edge("larynx", pharynx, places_of(form_.larynx), open(form_.larynx), WallClass::airway,
                     label_of("larynx_lumen"), trachea_top_);
    }

    void add_landmarks()
    {
        auto& marks = anatomy_.lumens.landmarks;
        marks["lips"] = form_.lips;
        marks["hard-palate-back"] = form_.head.at(0, -47, -1);
        marks["uvula-tip"] = form_.head.at(0, -22, -33);
        marks["epiglottis-tip"] = neck(2.6, 0, 16.5);
        marks["vallecula-left"] = neck(3.3, 6, 28);
        marks["vallecula-right"] = neck(3.3, -6, 28);
        marks["pyriform-sinus-left"] = neck(5.1, 13, 11.8);
        marks["pyriform-sinus-right"] = neck(5.1, -13, 11.8);
        marks["laryngeal-vestibule"] = neck(4.25, 0, 21.5);
        marks["vocal-folds"] = neck(5.1, 0, 25.5);
        marks["hyoid"] = anatomy_.plan.place("hyoid");
        marks["upper-sphincter"] = form_.upper_sphincter;
        marks["trachea-top"] = anatomy_.lumens.airways.nodes_mm[std::size_t(trachea_top_)];
    }

    Anatomy& anatomy_;
    ThroatForm form_;
    double n_;
    int trachea_top_ = 0;
};

} // namespace

std::vector<PatientOption> throat_options()
{
    return {};
}

void build_throat(Anatomy& anatomy)
{
    ThroatBuilder{anatomy}.build();
    add_larynx(anatomy, neck_form(anatomy.plan));
}

} // namespace fluoro
