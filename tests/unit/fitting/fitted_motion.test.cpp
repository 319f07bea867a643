// What moves in a patient whose anatomy was fitted to his CT: one made of the model itself in another person's shape,
// and a real one.
#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/body/organ_motion.hpp>
#include <fluoro/fitting/fit.hpp>
#include <fluoro/patient/importer.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <scratch_folder.hpp>

namespace fluoro {
namespace {

/// Where the model's place is in the made person: 3 % larger, leaning, with a chest of another shape.
Vec3 truth(Vec3 const& p)
{
    Vec3 const bent = p + Vec3{5 * std::sin(p.z / 140), 6 * std::sin(p.z / 120 + 1), 4 * std::sin(p.y / 100)};
    return 1.03 * bent + Vec3{-8, -120, 40};
}
Vec3 model_of(Vec3 const& q)
{
    Vec3 p = (q - Vec3{-8, -120, 40}) / 1.03;
    for (int i = 0; i < 30; ++i) p += (q - truth(p)) / 1.03;
    return p;
}

FitOptions plain()
{
    FitOptions options;
    options.complete = false;
    options.model_spacing_mm = 5;
    return options;
}

int label_at(Patient const& p, Mat4 const& index_from_patient, Vec3 const& at_mm)
{
    glm::ivec3 const at{glm::floor(map_point(index_from_patient, at_mm) + 0.5)}, size = p.ct.grid.size;
    if (glm::any(glm::lessThan(at, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(at, size))) return 0;
    return p.labels[(std::size_t(at.z) * std::size_t(size.y) + std::size_t(at.y)) * std::size_t(size.x) +
                    std::size_t(at.x)];
}

BodyPose pose_of(double dome_mm, bool is_systole)
{
    BodyPose pose;
    pose.dome_mm = dome_mm;
    if (is_systole) {
        pose.chamber_share = {0.35, 0.42, 1.7, 1.5};
        pose.pulse = 1;
    }
    return pose;
}

/// Nothing folds, the domes go as far as set, and the left ventricle throws out its share.
void expect_life(Patient const& patient, std::string const& figure)
{
    OrganMotion const motion{patient};
    Mat4 const index_from_patient = patient.ct.grid.index_from_patient(),
               to_patient = patient.ct.grid.patient_from_index();
    auto const& places = patient.lumens.landmarks;
    ASSERT_TRUE(places.contains("diaphragm-dome-right"));
    ASSERT_TRUE(places.contains("heart-centre"));
    Vec3 const dome = places.at("diaphragm-dome-right"), heart = places.at("heart-centre");
    for (double const way : {19.0, 45.0}) {
        EXPECT_NEAR(dome.z - motion.moved(dome, pose_of(way, false)).z, way, 0.5) << figure;
        EXPECT_NEAR(heart.z - motion.moved(heart, pose_of(way, false)).z, 0.26 * way, 0.02 * way + 0.05) << figure;
    }
    test::measured(figure + "_dome_mm_at_19", dome.z - motion.moved(dome, pose_of(19, false)).z);
    auto const left_dome = places.find("diaphragm-dome-left");
    ASSERT_NE(left_dome, places.end());
    double const left = left_dome->second.z - motion.moved(left_dome->second, pose_of(19, false)).z;
    EXPECT_GT(left, 7); // less than the right one's, where the heart rests on it
    EXPECT_LT(left, 21);
    test::measured(figure + "_left_dome_mm_at_19", left);

    double least = 1;
    for (BodyPose const& pose : {pose_of(45, false), pose_of(-20, false), pose_of(0, true), pose_of(45, true)})
        for (int k = 1; k < patient.ct.grid.size.z; k += 3)
            for (int j = 1; j < patient.ct.grid.size.y; j += 4)
                for (int i = 1; i < patient.ct.grid.size.x; i += 4) {
                    Vec3 const p = map_point(to_patient, {i, j, k});
                    if (label_at(patient, index_from_patient, p) == 0) continue;
                    constexpr double h = 0.05;
                    Mat3 jacobian;
                    for (int axis = 0; axis < 3; ++axis) {
                        Vec3 step{0};
                        step[axis] = h;
                        jacobian[axis] = (motion.moved(p + step, pose) - motion.moved(p - step, pose)) / (2 * h);
                    }
                    least = std::min(least, glm::determinant(jacobian));
                }
    EXPECT_GT(least, 0.27) << figure; // the ventricle's blood has 0.35 in the mean
    test::measured(figure + "_least_determinant", least);

    double rest = 0, moved = 0;
    BodyPose const systole = pose_of(0, true);
    Vec3 const reach{90};
    constexpr double step_mm = 2;
    for (double z = heart.z - reach.z; z < heart.z + reach.z; z += step_mm)
        for (double y = heart.y - reach.y; y < heart.y + reach.y; y += step_mm)
            for (double x = heart.x - reach.x; x < heart.x + reach.x; x += step_mm) {
                rest += label_at(patient, index_from_patient, {x, y, z}) == 1050 ? 1 : 0;
                moved += label_at(patient, index_from_patient, motion.rest_of({x, y, z}, systole)) == 1050 ? 1 : 0;
            }
    ASSERT_GT(rest, 1000) << figure;
    EXPECT_NEAR(1 - moved / rest, 0.65, 0.03 * 0.65) << figure; // the band of 3 %
    test::measured(figure + "_ejection_fraction", 1 - moved / rest);
}

TEST(FittedMotion, a_made_person_breathes_and_beats)
{
    Anatomy const anatomy = build_anatomy(built_in_patient("adult-male"));
    Patient ct = voxelise(anatomy, {3.5, {{-245, -300, 130}, {230, 30, 440}}, model_of});
    for (std::size_t n = 0; n < ct.ct.hu.size(); ++n) // contrast in the blood
        if (int const l = ct.labels[n]; l == 52 || (l >= 1050 && l <= 1053) || l == 1041) ct.ct.hu[n] = 330;
    ct.labels.clear();
    ct.lumens = {};
    expect_life(fit(ct, plain()).patient, "motion_fitted_synthetic");
}

TEST(FittedMotion, a_real_chest_breathes_and_beats)
{
    auto const folder = test::real_data(FLUORO_SOURCE_DIR);
    if (folder.empty()) GTEST_SKIP() << "no real trial data here (set FLUORO_DATA to its folder)";
    Patient const ct = import_ct(folder / "chest" / "chest_256x256x100_clamped.nii.gz", {false, {}});
    expect_life(fit(ct, plain()).patient, "motion_fitted_chest");
}

} // namespace
} // namespace fluoro
