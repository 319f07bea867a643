#include "abdomen_parts.hpp"

#include "../chest/chest_form.hpp"
#include "../plan/reference_masses.hpp"
#include "../surface/body_form.hpp"
#include "../surface/volume_fit.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

// Densities: ICRP 110. HU of organs without contrast medium: simulation of an unenhanced CT, typical.
constexpr Tissue liver_tissue{60, 1.05, 7, 3};
constexpr Tissue spleen_tissue{48, 1.04, 7, 3};
constexpr Tissue kidney_tissue{32, 1.05, 7, 3};
constexpr Tissue pancreas_tissue{38, 1.05, 20, 4};
constexpr Tissue adrenal_tissue{25, 1.03, 6, 3};
constexpr Tissue gallbladder_tissue{12, 1.03, 4, 4};
constexpr Tissue sinus_fat{-85, 0.95, 16, 4};
constexpr Tissue lymph_tissue{40, 1.03, 6, 3};

class SolidOrgans {
public:
    SolidOrgans(Anatomy& anatomy, AbdomenFrame const& frame, Shape const& cavity, std::vector<Shape> const& bowel)
        : anatomy_{anatomy}, plan_{anatomy.plan}, frame_{frame}, cavity_{cavity}, covers_{bowel},
          is_female_{plan_.parameters.sex == Sex::female}
    {
        // ICRP 89 for the reference adults; others by the square of their height.
        double const height = plan_.parameters.height_mm / (is_female_ ? 1630 : 1760);
        size_ = height * height;
    }

    void build()
    {
        kidneys();
        pancreas();
        gallbladder();
        spleen();
        liver();
        adrenals();
        thymus();
        lymph_nodes();
    }

private:
    double mass(std::string_view organ) const { return reference_mass_g(plan_.parameters, organ); }
    void add(std::string const& name, char const* label, Rank rank, Tissue const& tissue, Shape const& shape)
    {
        anatomy_.organs.push_back({name, label_of(label), rank, tissue, shape});
    }

    /// Drawn before what is there already: that covers it.
    void first(std::string const& name, char const* label, Tissue const& tissue, Shape const& shape)
    {
        anatomy_.organs.insert(anatomy_.organs.begin() + std::ptrdiff_t(start_),
                               Organ{name, label_of(label), Rank::organ, tissue, shape});
    }

    /// Grows or shrinks a form until what can be seen of it has the mass: not what later organs cover, not what is
    /// outside the cavity. Later ones are drawn first and kept in covers_.
    Shape with_mass(Shape const& form, double mass_g, double density, double lattice_mm, double count_mm,
                    double under_mm)
    {
        Shape const base = sampled(form, lattice_mm, 16);
        double const by = offset_for_volume(base, mass_g / density, count_mm, [&](Vec3 const& p) {
            if (cavity_.distance_mm(p) > -under_mm || near_kidney(p)) return false;
            return std::ranges::none_of(covers_, [&](Shape const& cover) {
                Vec3 const beyond = glm::max(cover.bounds().low - p, p - cover.bounds().high);
                return std::max({beyond.x, beyond.y, beyond.z}) < 0 && cover.distance_mm(p) < 0;
            });
        });
        Shape fitted = intersect(offset(base, by), offset(cavity_, -under_mm));
        for (Shape const& room : kidney_rooms_) fitted = without(fitted, room);
        covers_.push_back(fitted);
        return fitted;
    }

    /// Within the fat that keeps neighbours off the kidneys.
    bool near_kidney(Vec3 const& p) const
    {
        return std::ranges::any_of(kidney_rooms_, [&](Shape const& room) { return room.distance_mm(p) < 0; });
    }

    /// Fills the right dome and tapers to the left lobe before the stomach; a lower face that looks back and left.
    void liver()
    {
        double const s = frame_.scale();
        Shape const right = ellipsoid(Frame{frame_.at(-78, -4, 102), {0.97, 0, 0.24}, {0, 1, 0}, {-0.24, 0, 0.97}},
                                      s * Vec3{70, 82, 88});
        Shape const left =
            ellipsoid(Frame{frame_.at(-4, -58, 134), {0.94, 0.16, 0.3}, {-0.17, 0.985, 0}, {-0.3, -0.05, 0.95}},
                      s * Vec3{78, 42, 38});
        Shape const tip = ellipsoid(Frame{frame_.at(-98, 4, 38)}, s * Vec3{33, 52, 56});
        Shape const lobes = unite(unite(right, left, 45 * s), tip, 35 * s);
        // Below the diaphragm by its thickness; the kidney, the gut and the spine keep their room.
        Shape const room = offset(cavity_, -2.5);
        Shape const kidney = ellipsoid(Frame{frame_.at(-62, 30, 40)}, s * Vec3{36, 34, 60});
        Shape const spine = elliptic_cylinder(Frame{frame_.at(-4, 20, 100)}, 36 * s, 46 * s, 120 * s);
        Shape const porta = ellipsoid(Frame{frame_.at(-14, -26, 78)}, s * Vec3{34, 34, 34});
        Shape const stomach = ellipsoid(Frame{plan_.place("fundus-top") + s * Vec3{6, 4, -40}}, s * Vec3{44, 46, 48});
        Shape form = intersect(lobes, room, 6);
        for (Shape const& neighbour : {kidney, spine, porta, stomach}) form = without(form, neighbour, 12 * s);
        // Behind the peritoneum the psoas lies in fat of its own.
        auto const psoas = std::ranges::find(anatomy_.organs, "psoas-right", &Organ::name);
        if (psoas != anatomy_.organs.end()) form = without(form, sampled(offset(psoas->shape, 6 * s), 3, 12), 6 * s);
        // Fissure of the round ligament, between the lobes.
        form = without(form,
                       rounded_box(Frame{frame_.at(-18, -88, 84), {0.9, 0.3, 0}, {-0.3, 0.9, 0}, {0, 0, 1}},
                                   s * Vec3{3, 26, 34}, 2),
                       4);
        form = roughened(form, 1.2, 40, frame_.seed(1));
        first("liver", "liver", liver_tissue, with_mass(form, mass("liver"), 1.05, 4, 4, 2.5));
    }

    /// Hangs below the liver, its end at the lower edge.
    void gallbladder()
    {
        double const k = std::cbrt(size_);
        std::vector<Vec3> const line{frame_.at(-36, -40, 66), frame_.at(-46, -52, 56), frame_.at(-54, -66, 40),
                                     frame_.at(-58, -74, 26)};
        std::vector<double> const radii{4 * k, 11 * k, 18 * k, 16 * k};
        std::vector<double> out;
        auto const smooth = curve(line, 3, radii, out);
        Shape const sac = with_mass(tube(smooth, out), mass("bile") + mass("gallbladder-wall"), 1.03, 2, 1.5, 2);
        // Of it 10 and 8 g are wall.
        double const within = offset_for_volume(sac, mass("bile") / 1.03, 1.5);
        first("bile", "bile", gallbladder_tissue, offset(sac, within));
        first("gallbladder", "gallbladder", {40, 1.03}, sac);
    }

    void spleen()
    {
        double const s = frame_.scale();
        Vec3 const middle = plan_.place("spleen-centre");
        Vec3 const along = glm::normalize(Vec3{-0.12, 0.62, 0.72}), outwards = glm::normalize(Vec3{0.86, 0.42, -0.22});
        Vec3 const back = glm::normalize(outwards - glm::dot(outwards, along) * along);
        Frame const axes{middle, back, glm::cross(along, back), along};
        Shape const body = ellipsoid(axes, s * Vec3{28, 44, 62});
        Shape const hollow =
            ellipsoid(Frame{axes.at(-43, -10, -4), axes.left, axes.back, axes.up}, s * Vec3{24, 34, 50});
        Shape form = without(intersect(body, offset(cavity_, -2.5), 5), hollow, 6);
        form = roughened(form, 1, 30, frame_.seed(2));
        first("spleen", "spleen", spleen_tissue, with_mass(form, mass("spleen"), 1.04, 3, 2.5, 2.5));
    }

    void kidneys()
    {
        double const s = frame_.scale();
        std::vector<Shape> rooms;
        for (double const side : {-1.0, 1.0}) {
            bool const is_left = side > 0;
            std::string const end = is_left ? "left" : "right";
            Vec3 const middle = plan_.place("kidney-" + end) + s * Vec3{0, 12, 0};
            // Upper poles nearer to the spine and further back; the hilum looks forward and inwards.
            Vec3 const up = glm::normalize(Vec3{-0.28 * side, 0.22, 1}), out = glm::normalize(Vec3{side, 0.55, 0.16});
            Vec3 const lateral = glm::normalize(out - glm::dot(out, up) * up);
            Frame const axes = is_left ? Frame{middle, lateral, glm::cross(up, lateral), up}
                                       : Frame{middle, -lateral, glm::cross(up, -lateral), up};
            Shape const body = ellipsoid(axes, s * Vec3{29, 25, 55});
            Shape const waist =
                ellipsoid(Frame{axes.at(-30 * s * side, 0, 0), axes.left, axes.back, axes.up}, s * Vec3{17, 16, 24});
            Shape form = roughened(without(body, waist, 14 * s), 1.0, 26, frame_.seed(is_left ? 3 : 4));
            // The sinus takes its room.
            form = with_mass(form, mass("kidney") + 13 * size_, 1.05, 2, 2, 4);
            // Nowhere is the fat between the kidney and its neighbours equally thick.
            rooms.push_back(
                sampled(roughened(offset(form, perirenal_mm * s), 6 * s, 26, frame_.seed(is_left ? 9 : 10)), 3, 12));
            // Gerota's fascia bounds the fat around the kidney, most of it behind and below.
            Shape const pad =
                unite(offset(form, 7 * s),
                      ellipsoid(Frame{axes.at(4 * s * side, 10 * s, -14 * s), axes.left, axes.back, axes.up},
                                s * Vec3{36, 27, 58}),
                      10 * s);
            Shape const capsule =
                intersect(roughened(pad, 5 * s, 34, frame_.seed(is_left ? 11 : 12)), offset(cavity_, -1.5), 4);
            add("gerota-fascia-" + end, "visceral_fat", Rank::cavity, {-20, 0.98}, skin_of(capsule, 1.2));
            add("perirenal-fat-" + end, "visceral_fat", Rank::cavity, {-110, 0.95, 6, 5}, offset(capsule, -1.2));
            std::string const label = "kidney_" + end;
            add("kidney-" + end, label.c_str(), Rank::organ, kidney_tissue, form);
            add("renal-sinus-" + end, "visceral_fat", Rank::organ, sinus_fat,
                ellipsoid(Frame{axes.at(-9 * s * side, 0, 0), axes.left, axes.back, axes.up}, s * Vec3{10, 6.5, 24}));
            add("renal-pelvis-" + end, "urine", Rank::organ, {8, 1.02},
                roughened(ellipsoid(Frame{axes.at(-10 * s * side, 0, 0), axes.left, axes.back, axes.up},
                                    s * Vec3{7, 4.5, 17}),
                          2, 9, frame_.seed(is_left ? 5 : 6)));
        }
        kidney_rooms_ = rooms;
    }

    void pancreas()
    {
        double const k = std::cbrt(size_);
        std::vector<Vec3> const line{plan_.place("pancreas-head") + frame_.scale() * Vec3{-2, 4, -14},
                                     plan_.place("pancreas-head") + frame_.scale() * Vec3{4, 2, 10},
                                     frame_.at(0, -44, 58),
                                     frame_.at(28, -32, 70),
                                     frame_.at(54, -10, 80),
                                     frame_.at(70, 12, 88)};
        std::vector<double> const radii{13 * k, 14.5 * k, 10 * k, 11 * k, 10 * k, 7 * k};
        std::vector<double> out;
        auto const smooth = curve(line, 3, radii, out);
        Shape const lobules = roughened(tube(smooth, out), 2.2, 9, frame_.seed(7));
        first("pancreas", "pancreas", pancreas_tissue, with_mass(lobules, mass("pancreas"), 1.05, 2, 2, 3));
    }

    void adrenals()
    {
        double const k = frame_.scale();
        for (double const side : {-1.0, 1.0}) {
            std::string const end = side > 0 ? "left" : "right";
            Vec3 const top = plan_.place("kidney-" + end) + k * Vec3{-24 * side, 8, side > 0 ? 48 : 58};
            // Two limbs, an inverted Y.
            Shape const limbs = unite(unite(rounded_cone(top, 3.4 * k, top + k * Vec3{9 * side, 14, -14}, 2.6 * k),
                                            rounded_cone(top, 3.4 * k, top + k * Vec3{-4 * side, 16, -16}, 2.4 * k), 4),
                                      rounded_cone(top, 3.6 * k, top + k * Vec3{2 * side, -8, 8}, 3.0 * k), 4);
            std::string const label = "adrenal_gland_" + end;
            add("adrenal-" + end, label.c_str(), Rank::organ, adrenal_tissue,
                offset(limbs, offset_for_volume(limbs, mass("adrenal") / 1.03, 1)));
        }
    }

    /// In front of the great vessels, behind the breastbone; of an adult's 25 or 20 g most is fat.
    void thymus()
    {
        Vec3 const notch = plan_.place("jugular-notch"), angle = plan_.place("sternal-angle");
        Vec3 const top = notch + frame_.scale() * Vec3{4, 30, -12}, low = angle + frame_.scale() * Vec3{8, 38, -22};
        Shape const lobes =
            unite(rounded_cone(top, 5, low + Vec3{9, 0, 0}, 8), rounded_cone(top, 5, low - Vec3{9, 0, 0}, 8));
        double const fatty = std::clamp((plan_.parameters.age_y - 20) / 30, 0.0, 1.0);
        add("thymus", "thymus", Rank::organ, {std::lerp(40.0, -60.0, fatty), 1.03, 25, 4},
            offset(lobes, offset_for_volume(lobes, mass("thymus") / 1.03, 1.5)));
    }

    /// Small bodies along the great vessels and at the mesentery's root.
    void lymph_nodes()
    {
        std::vector<Shape> nodes;
        for (int i = 0; i < 34; ++i) {
            auto const random = [&](int salt) {
                return noise(Vec3{i * 7.31 + 0.5, salt * 3.77 + 0.5, 0.5}, 1, frame_.seed(8));
            };
            double const z = 100 - 6.6 * i;
            double const out = z < -40 ? 40 + 0.35 * (-40 - z) : 22;
            Vec3 const p = frame_.at((i % 2 ? 1 : -1) * (out + 5 * random(1)), -24 + 5 * random(2), z);
            nodes.push_back(rounded_cone(p, 2.6, p + Vec3{0, 1, 4 + random(3)}, 2.2));
        }
        add("lymph-nodes", "lymph_node", Rank::cavity, lymph_tissue, unite(nodes));
    }

    Anatomy& anatomy_;
    BodyPlan const& plan_;
    AbdomenFrame frame_;
    Shape cavity_;
    std::vector<Shape> covers_;       ///< drawn over what is made next
    std::vector<Shape> kidney_rooms_; ///< with the fat that keeps neighbours off
    static constexpr double perirenal_mm = 4.5;
    bool is_female_;
    double size_ = 1;
    std::size_t start_ = anatomy_.organs.size();
};

} // namespace

void build_solid_organs(Anatomy& anatomy, AbdomenFrame const& frame, Shape const& cavity,
                        std::vector<Shape> const& bowel)
{
    SolidOrgans{anatomy, frame, cavity, bowel}.build();
}

} // namespace fluoro
