// The march through a body that has moved: closed forms, conservation, and the double precision reference.
#include <fluoro/projection/projector.hpp>
#include <fluoro/projection/reference.hpp>
#include <functional>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <phantoms.hpp>

namespace fluoro {
namespace {

/// A displacement on a cube of points about the origin, at rest on its outside.
std::shared_ptr<Displacement> displaced(int points, double spacing_mm, std::function<Vec3(Vec3 const&)> const& backward,
                                        double density = 1)
{
    auto d = std::make_shared<Displacement>();
    d->grid = {Vec3{-0.5 * spacing_mm * (points - 1)}, spacing_mm, glm::ivec3{points}};
    for (int k = 0; k < points; ++k)
        for (int j = 0; j < points; ++j)
            for (int i = 0; i < points; ++i) {
                glm::ivec3 const at{i, j, k};
                bool const is_outermost =
                    glm::any(glm::equal(at, glm::ivec3{0})) || glm::any(glm::equal(at, glm::ivec3{points - 1}));
                d->backward_mm.push_back(is_outermost ? glm::vec3{0} : glm::vec3{backward(d->grid.at(at))});
                d->density.push_back(float(density));
            }
    return d;
}

/// One at the middle, smoothly zero from `radius_mm` on.
double bump(Vec3 const& p, double radius_mm)
{
    double const r2 = glm::dot(p, p) / (radius_mm * radius_mm);
    return r2 < 1 ? (1 - r2) * (1 - r2) : 0;
}

/// Breathing and a beating heart, about: up to 12 mm, strain up to 0.3.
Vec3 chest_motion(Vec3 const& p)
{
    Vec3 const heart = p - Vec3{20, -20, 0};
    return bump(p, 130) * Vec3{1.5 * std::sin(p.z / 40), 4, 10 * std::cos(p.y / 60)} + 0.15 * bump(heart, 60) * heart;
}

Scene scene_of(std::shared_ptr<Patient const> patient, double lao_deg, double cran_deg, int pixels = 96)
{
    Scene scene;
    scene.patient = std::move(patient);
    scene.view = view_of({radians(lao_deg), radians(cran_deg)}, 1000, 750, Vec3{0});
    scene.pixels = {240, pixels, pixels};
    scene.blades = {-120, 120, -120, 120};
    scene.exposure = {{TubeVoltage{80}, Thickness{0.1}, Thickness{0}}, CurrentTime{1}};
    scene.tube.extra_focal_share = 0;
    return scene;
}

double worst_difference(Image<float> const& a, Image<float> const& b)
{
    double worst = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i)
        worst = std::max(worst, std::abs(double(a.values[i]) - b.values[i]));
    return worst;
}

class MovedBody : public testing::TestWithParam<MarchMethod> {
protected:
    static Projector projector()
    {
        ProjectorSettings settings;
        settings.method = GetParam();
        settings.every_pixel = true;
        settings.validation = true;
        return Projector{settings};
    }
    static std::string name(char const* what)
    {
        return std::string{what} + (GetParam() == MarchMethod::joseph ? "_joseph" : "_texture");
    }
};

INSTANTIATE_TEST_SUITE_P(Methods, MovedBody, testing::Values(MarchMethod::joseph, MarchMethod::texture),
                         [](auto const& of) { return of.param == MarchMethod::joseph ? "joseph" : "texture"; });

std::pair<double, double> const views[] = {{0, 0}, {90, 0}, {45, 0}, {30, 20}, {-60, -40}};

// A block of one density looks the same however it is stirred inside. 1e-5 of its 15 cm: the lengths are sums of some
// hundred single precision terms, each good to 6e-8 of a voxel's index (256).
TEST_P(MovedBody, a_uniform_block_keeps_every_chord)
{
    auto const block =
        test::make_patient(test::centred_grid({150, 110, 100}, {1, 1.3, 1.5}), [](Vec3 const&) { return 0; });
    Projector p = projector();
    double worst = 0;
    for (auto const& [lao, cran] : views) {
        Scene scene = scene_of(block, lao, cran);
        ThicknessMap const still = p.thickness(scene);
        scene.displacement = displaced(24, 6, [](Vec3 const& x) { return 0.8 * bump(x, 60) * chest_motion(x); });
        ThicknessMap const moved = p.thickness(scene);
        worst = std::max(worst, worst_difference(moved.g_cm2[0], still.g_cm2[0]));
    }
    test::measured(name("uniform_block_g_cm2"), worst);
    EXPECT_LT(worst, 15 * 1e-5);
    for (auto const& message : p.validation_messages()) ADD_FAILURE() << message;
}

// Where pieces are cut must not show. Joseph samples where the ray meets a plane of voxels, cut or not: single
// precision over 20 cm. The texture's steps begin anew with each piece, so they lie elsewhere in the voxels: as its
// error against the reference (1.5e-3 of the signal, about 0.2 per g/cm2).
double cut_tolerance_g_cm2(MarchMethod method)
{
    return method == MarchMethod::joseph ? 2e-4 : 5e-3;
}

// The lattice carries the whole volume to one side: the picture is that of the volume put there.
TEST_P(MovedBody, a_rigid_shift_shows_the_shifted_volume)
{
    Vec3 const shift{6.3, -4.1, 8.7};
    auto const chest = test::make_patient(test::centred_grid({90, 70, 60}, {1.5, 1.5, 2}),
                                          [](Vec3 const& p) { return test::chest_like_hu(2.0 * p); });
    auto shifted = std::make_shared<Patient>(*chest);
    shifted->ct.grid.origin_mm += shift;
    Projector p = projector();
    double worst = 0;
    for (auto const& [lao, cran] : views) {
        Scene scene = scene_of(chest, lao, cran);
        scene.displacement = displaced(40, 6, [&](Vec3 const&) { return -shift; });
        ThicknessMap const by_lattice = p.thickness(scene);
        scene.displacement = nullptr;
        scene.patient = shifted;
        ThicknessMap const truth = p.thickness(scene);
        for (std::size_t m = 0; m < 2; ++m)
            worst = std::max(worst, worst_difference(by_lattice.g_cm2[m], truth.g_cm2[m]));
    }
    test::measured(name("rigid_shift_g_cm2"), worst);
    EXPECT_LT(worst, cut_tolerance_g_cm2(GetParam()));
}

// 3e-3 of the signal: the still body's 1.5e-3, and the displacement, which is taken a second time at points 6 mm apart:
// 0.06 mm where strains of 0.15 change within 60 mm, up to 0.01 g/cm2 along the edge of a lung.
TEST_P(MovedBody, equals_the_double_precision_reference)
{
    auto const chest = test::make_patient(test::centred_grid({256, 172, 96}, {1.3, 1.3, 2.5}), test::chest_like_hu);
    Projector p = projector();
    double worst = 0;
    for (auto const& [lao, cran] : {views[0], views[2], views[4]}) {
        Scene scene = scene_of(chest, lao, cran, 24);
        scene.displacement = displaced(44, 6, chest_motion);
        Signal const ours = p.project(scene);
        Signal const truth = reference_project(scene, EnergySum::every_kev, 4);
        for (std::size_t i = 0; i < ours.primary.values.size(); ++i)
            worst = std::max(worst, std::abs(double(ours.primary.values[i]) / truth.primary.values[i] - 1));
    }
    test::measured(name("moved_reference_percent"), 100 * worst);
    EXPECT_LT(worst, 3e-3);
    for (auto const& message : p.validation_messages()) ADD_FAILURE() << message;
}

// A twist about the axis of the lattice, by an angle that falls off with the distance from its middle, moves no volume:
// the mass that a beam of almost parallel rays meets stays what it was.
TEST_P(MovedBody, a_twist_keeps_the_mass)
{
    auto const lumps = test::make_patient(test::centred_grid({100, 100, 100}, {1.5, 1.5, 1.5}), [](Vec3 const& p) {
        return -1000 + 1040 * bump(p - Vec3{25, 5, -10}, 30) + 1600 * bump(p - Vec3{-20, 20, 15}, 25);
    });
    Scene scene = scene_of(lumps, 20, 10);
    scene.view = view_of({radians(20), radians(10)}, 50000, 49000, Vec3{0});
    Projector p = projector();
    auto const mass = [&] {
        ThicknessMap const map = p.thickness(scene);
        double sum = 0;
        for (auto const& image : map.g_cm2)
            for (float const v : image.values) sum += v;
        return sum;
    };
    double const still = mass();
    Image<float> const before = p.thickness(scene).g_cm2[0];
    scene.displacement = displaced(31, 5, [](Vec3 const& x) {
        double const angle = 0.7 * bump(x, 72), c = std::cos(angle), s = std::sin(angle);
        return Vec3{c * x.x - s * x.y, s * x.x + c * x.y, x.z} - x;
    });
    double const twisted = mass();
    // It is no small motion.
    EXPECT_GT(worst_difference(p.thickness(scene).g_cm2[0], before), 1.0);
    test::measured(name("twist_mass_percent"), 100 * std::abs(twisted / still - 1));
    // Between its points, 5 mm apart, the displacement is linear and keeps volumes only about: 0.18 % here, where it
    // turns by 0.7 rad within 70 mm; half of it with points twice as close along the beam.
    EXPECT_NEAR(twisted / still, 1, 3e-3);
}

// Lung of 250 HU above air thins out as a whole, blood (1040) does not: what is drawn of a vessel keeps its contrast.
TEST_P(MovedBody, density_thins_lung_and_leaves_blood)
{
    for (double const hu : {-750.0, 40.0}) {
        auto const block =
            test::make_patient(test::centred_grid({90, 70, 60}, {1.5, 1.5, 2}), [&](Vec3 const&) { return hu; });
        Projector p = projector();
        Scene scene = scene_of(block, 30, 20);
        ThicknessMap const still = p.thickness(scene);
        scene.displacement = displaced(
            50, 6, [](Vec3 const&) { return Vec3{0}; }, 0.75);
        ThicknessMap const thin = p.thickness(scene);
        double const left = hu < 0 ? 0.75 : 1;
        // What the HU curve calls bone in lung, half a hundredth of it, is not thinned.
        for (std::size_t i = 0; i < still.g_cm2[0].values.size(); ++i) {
            double const all = still.g_cm2[0].values[i] + still.g_cm2[1].values[i];
            EXPECT_NEAR(thin.g_cm2[0].values[i] + thin.g_cm2[1].values[i], left * all,
                        cut_tolerance_g_cm2(GetParam()) + 0.005 * all);
        }
    }
}

// A displacement that no ray meets is none: the same kernel, the same bits.
TEST_P(MovedBody, a_still_body_stays_what_it_was)
{
    auto const chest = test::make_patient(test::centred_grid({90, 70, 60}, {1.5, 1.5, 2}),
                                          [](Vec3 const& p) { return test::chest_like_hu(2.0 * p); });
    Projector p = projector();
    Scene scene = scene_of(chest, 30, 20);
    Signal const still = p.project(scene);
    auto const elsewhere = displaced(10, 6, [](Vec3 const&) { return Vec3{3}; });
    elsewhere->grid.origin_mm += Vec3{0, 0, 2000};
    scene.displacement = elsewhere;
    EXPECT_EQ(p.project(scene).primary.values, still.primary.values);
    scene.displacement = displaced(30, 6, [](Vec3 const&) { return Vec3{3}; });
    EXPECT_NE(p.project(scene).primary.values, still.primary.values);
    scene.displacement = nullptr;
    EXPECT_EQ(p.project(scene).primary.values, still.primary.values);
}

} // namespace
} // namespace fluoro
