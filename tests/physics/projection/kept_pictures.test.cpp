// Pictures kept by heart and breath: what a blend loses against the full march, when there is none, what is let go.
#include <cmath>
#include <fluoro/detector/detector.hpp>
#include <fluoro/projection/projector.hpp>
#include <gtest/gtest.h>
#include <kept_pictures.hpp>
#include <measured.hpp>
#include <phantoms.hpp>

namespace fluoro {
namespace {

/// A heart (place in the beat) that shrinks by 8 mm at its wall in a third of the beat, in a chest whose dome goes
/// down.
std::shared_ptr<Displacement> moved(double heart, double dome_mm)
{
    auto d = std::make_shared<Displacement>();
    glm::ivec3 const size{40, 28, 36};
    d->grid = {-4.0 * Vec3{size - 1}, 8, size};
    double const squeeze =
        0.5 - 0.5 * std::cos(2 * std::numbers::pi * (heart < 0.35 ? heart / 0.7 : 0.5 + (heart - 0.35) / 1.3));
    for (int k = 0; k < size.z; ++k)
        for (int j = 0; j < size.y; ++j)
            for (int i = 0; i < size.x; ++i) {
                Vec3 const x = d->grid.at({i, j, k});
                double const edge = std::sin(std::numbers::pi * i / (size.x - 1)) *
                                    std::sin(std::numbers::pi * j / (size.y - 1)) *
                                    std::sin(std::numbers::pi * k / (size.z - 1));
                Vec3 const from_heart = x - Vec3{-30, -20, 0};
                double const r = glm::length(from_heart) / 45;
                Vec3 const shift = edge * (squeeze * 8 * from_heart / 45.0 * std::exp(0.5 - 0.5 * r * r) +
                                           dome_mm * Vec3{0, 0.2, 1} * std::exp(-std::pow((x.z + 60) / 80, 2)));
                d->backward_mm.emplace_back(shift);
                d->density.push_back(float(1 - 0.003 * dome_mm * edge));
            }
    d->cycle = Displacement::Cycle{heart, dome_mm};
    return d;
}

Scene chest_scene()
{
    static auto const patient = test::make_patient(test::centred_grid({112, 80, 80}, {3, 3, 3}), [](Vec3 const& p) {
        // Lungs with a heart between them and ribs around, so that there are edges that move.
        double const heart = glm::length((p - Vec3{-30, -20, 0}) / Vec3{45, 40, 50});
        double const trunk = std::hypot(p.x / 140, p.y / 90);
        if (std::abs(trunk - 0.9) < 0.04 && std::sin(p.z / 8) > 0.3) return 600.0;
        return heart < 1 ? 40.0 : test::chest_like_hu(p);
    });
    Scene scene;
    scene.patient = patient;
    scene.view = view_of({radians(30), radians(15)}, 1000, 750, Vec3{0});
    scene.pixels = {220, 256, 256};
    scene.blades = {-110, 110, -110, 110};
    scene.exposure = {{TubeVoltage{70}, Thickness{0.3}, Thickness{0}}, CurrentTime{1}};
    return scene;
}

Projector joseph(bool keeps_pictures = true)
{
    ProjectorSettings settings;
    settings.method = MarchMethod::joseph;
    settings.keeps_pictures = keeps_pictures;
    settings.validation = true;
    return Projector{settings};
}

double root_mean_square(Image<float> const& a, Image<float> const& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) sum += std::pow(a.values[i] / double(b.values[i]) - 1, 2);
    return std::sqrt(sum / double(a.values.size()));
}

Image<float> read(Detector const& detector, Signal const& signal)
{
    RawImage const raw = detector.read_out(signal, 1, 1);
    Image<float> values{raw.digital_numbers.columns, raw.digital_numbers.rows};
    std::copy(raw.digital_numbers.values.begin(), raw.digital_numbers.values.end(), values.values.begin());
    return values;
}

// A quarter of the quantum noise of a 30 nGy frame adds 3 % to it: not to be seen. Most of the difference lies along
// moving edges, which a blend of places up to 2 mm away makes softer by as much.
TEST(KeptPictures, a_blend_differs_from_the_march_by_little_against_the_noise_of_30_nGy)
{
    Scene scene = chest_scene();
    Projector keeping = joseph(), marching = joseph(false);
    for (auto* projector : {&keeping, &marching}) projector->project(scene); // the view stands from now on
    Signal const still = marching.project(scene);
    double mean = 0;
    for (float const v : still.primary.values) mean += v / double(still.primary.values.size());
    scene.exposure.current_time = CurrentTime{40000 / mean}; // 30 nGy: tests/physics/projection/ray_density.test.cpp
    DetectorModel model;
    model.dn_per_kev_mm2 = 0.14;
    Detector const noisy{model};
    model.noise = false;
    Detector const quiet{model};
    Signal const exposed = marching.project(scene);
    double const noise = root_mean_square(read(noisy, exposed), read(quiet, exposed));

    // 15 pulses a second, 64 beats and 17 breaths a minute.
    double worst = 0;
    std::size_t blended = 0;
    double march_ms = 0, blend_ms = 0;
    constexpr int pulses = 150;
    for (int pulse = 0; pulse < pulses; ++pulse) {
        double const beats = pulse / 15.0 * 64 / 60;
        scene.displacement =
            moved(beats - std::floor(beats), 4 - 4 * std::cos(2 * std::numbers::pi * pulse / 15.0 * 17 / 60));
        Signal const ours = keeping.project(scene);
        auto const& counts = keeping.kept_pictures();
        bool const is_blend = counts.blended > blended;
        blended = counts.blended;
        (is_blend ? blend_ms : march_ms) += keeping.last_times().march_ms;
        if (!is_blend || pulse % 7 != 0) continue;
        worst = std::max(worst, root_mean_square(read(quiet, ours), read(quiet, marching.project(scene))) / noise);
    }
    auto const& counts = keeping.kept_pictures();
    EXPECT_GT(blended, pulses / 3); // there is something to look at
    EXPECT_GT(worst, 0);
    EXPECT_LT(counts.kept_bytes, std::size_t{256} << 20);
    std::printf("%zu marched (%.1f ms), %zu blended (%.1f ms)\n", counts.marched, march_ms / double(pulses - blended),
                blended, blend_ms / double(blended));
    test::measured("kept_blend_over_noise", worst);
    test::measured("kept_blended_share", double(blended) / pulses);
    EXPECT_LT(worst, 0.25);
    for (auto const& message : keeping.validation_messages()) ADD_FAILURE() << message;
}

class KeptSet : public testing::Test {
protected:
    KeptSet()
    {
        projector.project(scene);
        projector.project(scene);
        show(0.1, 2);
        marched = counts().marched;
        EXPECT_EQ(counts().kept, 1u);
    }
    Signal show(double heart, double dome_mm, bool regular = true)
    {
        auto displacement = moved(heart, dome_mm);
        if (!regular) displacement->cycle.reset();
        scene.displacement = displacement;
        return projector.project(scene);
    }
    KeptPictureCounts const& counts() const { return projector.kept_pictures(); }

    Scene scene = chest_scene();
    Projector projector = joseph();
    std::size_t marched = 0;
};

TEST_F(KeptSet, the_same_place_again_is_the_same_picture)
{
    Signal const first = show(0.1, 2), away = show(0.35, 2);
    marched = counts().marched;
    EXPECT_EQ(counts().blended, 1u); // the first, kept already
    EXPECT_NE(away.primary.values, first.primary.values);
    EXPECT_EQ(show(0.1, 2).primary.values, first.primary.values);
    EXPECT_EQ(counts().marched, marched);
    EXPECT_EQ(counts().blended, 2u);
}

TEST_F(KeptSet, nothing_is_blended_from_one_side)
{
    show(0.16, 2);
    EXPECT_EQ(counts().marched, marched + 1);
    EXPECT_EQ(counts().blended, 0u);
    show(0.13, 2); // between the two
    EXPECT_EQ(counts().marched, marched + 1);
    EXPECT_EQ(counts().blended, 1u);
}

TEST_F(KeptSet, an_irregular_beat_marches)
{
    show(0.1, 2, false);
    EXPECT_EQ(counts().marched, marched + 1);
    EXPECT_EQ(counts().kept, 1u);
    EXPECT_EQ(counts().blended, 0u);
}

TEST_F(KeptSet, another_motion_under_the_same_cycle_marches)
{
    auto stronger = moved(0.2, 2);
    stronger->cycle = Displacement::Cycle{0.1, 2};
    scene.displacement = stronger;
    projector.project(scene);
    EXPECT_EQ(counts().marched, marched + 1);
    EXPECT_EQ(counts().blended, 0u);
}

TEST_F(KeptSet, another_view_or_patient_lets_them_go)
{
    Scene const before = scene;
    scene.view = view_of({radians(31), radians(15)}, 1000, 750, Vec3{0});
    projector.project(scene);
    EXPECT_EQ(counts().kept, 0u);
    scene = before;
    show(0.1, 2);
    show(0.1, 2);
    EXPECT_EQ(counts().kept, 1u);
    EXPECT_EQ(counts().blended, 0u);
    scene.patient = std::make_shared<Patient>(*scene.patient);
    projector.project(scene);
    EXPECT_EQ(counts().kept, 0u);
}

TEST_F(KeptSet, blades_may_close_but_not_open)
{
    scene.blades = {-80, 80, -80, 80};
    show(0.1, 2);
    EXPECT_EQ(counts().blended, 1u);
    show(0.35, 2); // kept for the small field only
    scene.blades = {-110, 110, -110, 110};
    show(0.35, 2);
    EXPECT_EQ(counts().blended, 1u);
    EXPECT_EQ(counts().marched, marched + 2);
}

TEST(KeptPictures, those_used_longest_ago_go_first)
{
    KeptPictures kept{std::size_t{3} << 20};
    PixelRect const field{0, 0, 100, 100};
    auto const a = moved(0, 0), b = moved(0.2, 0), c = moved(0.35, 0);
    std::vector<glm::vec2> const picture(150'000); // 1.2 MB: two and their probes fit
    kept.keep(*a, field, picture);
    kept.keep(*b, field, picture);
    ASSERT_EQ(kept.blend(*a, field).size(), 1u);
    kept.keep(*c, field, picture);
    EXPECT_EQ(kept.size(), 2u);
    EXPECT_LE(kept.bytes(), std::size_t{3} << 20);
    EXPECT_EQ(kept.blend(*a, field).size(), 1u);
    EXPECT_EQ(kept.blend(*b, field).size(), 0u);
    EXPECT_EQ(kept.blend(*c, field).size(), 1u);
}

} // namespace
} // namespace fluoro
