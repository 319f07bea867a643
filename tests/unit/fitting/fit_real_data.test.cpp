// The fit against a real chest with contrast and a real abdomen whose vertebrae are known.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fluoro/core/error.hpp>
#include <fluoro/fitting/fit.hpp>
#include <fluoro/patient/importer.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <scratch_folder.hpp>

namespace fluoro {
namespace {

class FitRealData : public testing::Test {
protected:
    void SetUp() override
    {
        folder = test::real_data(FLUORO_SOURCE_DIR);
        if (folder.empty()) GTEST_SKIP() << "no real trial data here (set FLUORO_DATA to its folder)";
    }
    Patient read(std::string const& ct, std::string const& labels = {}) const
    {
        return import_ct(folder / ct, {false, labels.empty() ? std::filesystem::path{} : folder / labels});
    }
    static FitOptions plain()
    {
        FitOptions options;
        options.complete = false;
        options.model_spacing_mm = 5;
        return options;
    }
    /// Middles of the vertebral bodies T12 to L5 by the data's own refined labels (19 to 24).
    std::map<std::string, Vec3> bodies() const
    {
        Patient const p =
            read("abdomen-pelvis/example_ct.nii.gz", "abdomen-pelvis/totalseg_vertebrae_pp_refined.nii.gz");
        std::map<int, std::pair<Vec3, double>> sums;
        Mat4 const patient_from_index = p.ct.grid.patient_from_index();
        std::size_t at = 0;
        for (int k = 0; k < p.ct.grid.size.z; ++k)
            for (int j = 0; j < p.ct.grid.size.y; ++j)
                for (int i = 0; i < p.ct.grid.size.x; ++i, ++at)
                    if (int const label = p.labels[at]; label >= 19 && label <= 24) {
                        sums[label].first += map_point(patient_from_index, Vec3{i, j, k});
                        sums[label].second += 1;
                    }
        char const* const names[] = {"T12", "L1", "L2", "L3", "L4", "L5"};
        std::map<std::string, Vec3> middles;
        for (auto const& [label, sum] : sums) middles[names[label - 19]] = sum.first / sum.second;
        return middles;
    }
    void expect_vertebrae(Fit const& fitted, LandmarkSource source, double within_mm, char const* figure) const
    {
        auto const middles = bodies();
        test::Extremes off{figure};
        ASSERT_EQ(middles.size(), 6u);
        for (auto const& [name, middle] : middles) {
            auto const found = std::ranges::find(fitted.report.landmarks, name, &FittedLandmark::name);
            ASSERT_NE(found, fitted.report.landmarks.end()) << name;
            EXPECT_EQ(found->source, source) << name;
            off.see(glm::length(found->place_mm - middle));
            EXPECT_LT(glm::length(found->place_mm - middle), within_mm) << name;
        }
    }
    std::filesystem::path folder;
};

TEST_F(FitRealData, vertebrae_of_a_labelled_abdomen_are_within_5_mm)
{
    Fit const fitted =
        fit(read("abdomen-pelvis/example_ct.nii.gz", "abdomen-pelvis/example_seg_fast_force_split.nii.gz"), plain());
    EXPECT_TRUE(fitted.report.levels_from_labels);
    expect_vertebrae(fitted, LandmarkSource::label, 5, "fit_abdomen_with_labels_mm");
}

TEST_F(FitRealData, vertebrae_of_the_same_abdomen_without_labels_are_within_10_mm)
{
    Fit const fitted = fit(read("abdomen-pelvis/example_ct.nii.gz"), plain());
    expect_vertebrae(fitted, LandmarkSource::found, 10, "fit_abdomen_without_labels_mm");
    EXPECT_FALSE(fitted.report.aorta_in_bright); // no contrast
    EXPECT_EQ(fitted.report.contrast_removed_ml, 0);
}

TEST_F(FitRealData, the_aortas_centre_line_is_in_the_chests_bright_aorta)
{
    Patient const ct = read("chest/chest_256x256x100_clamped.nii.gz");
    Fit const fitted = fit(ct, plain());
    ASSERT_TRUE(fitted.report.aorta_in_bright) << as_text(fitted.report);
    test::measured("fit_chest_aorta_percent", 100 * *fitted.report.aorta_in_bright);
    EXPECT_GT(*fitted.report.aorta_in_bright, 0.95);
    EXPECT_GT(fitted.report.aorta_length_mm, 250);
    // The same by the CT's own voxels along the line.
    double bright = 0, all = 0;
    Mat4 const index_from_patient = ct.ct.grid.index_from_patient();
    for (LumenEdge const& edge : fitted.patient.lumens.vessels.edges) {
        if (!edge.name.starts_with("descending-aorta") && !edge.name.starts_with("aortic-arch") &&
            edge.name != "ascending-aorta")
            continue;
        for (Vec3 const& p : edge.points_mm) {
            glm::ivec3 const at{glm::round(map_point(index_from_patient, p))};
            glm::ivec3 const n = ct.ct.grid.size;
            if (at.x < 0 || at.y < 0 || at.z < 0 || at.x >= n.x || at.y >= n.y || at.z >= n.z) continue;
            all += 1;
            bright += ct.ct.hu[(std::size_t(at.z) * std::size_t(n.y) + std::size_t(at.y)) * std::size_t(n.x) +
                               std::size_t(at.x)] > 130;
        }
    }
    EXPECT_GT(bright / all, 0.95);
    EXPECT_GT(fitted.report.contrast_removed_ml, 200);
}

// No skin around it: whatever is fitted, the report must say what was not seen.
TEST_F(FitRealData, a_crop_of_the_heart_is_refused_or_says_that_it_is_a_crop)
{
    try {
        Fit const fitted = fit(read("aorta-cta/ct_cropped.nii.gz"), plain());
        EXPECT_TRUE(std::ranges::any_of(fitted.report.not_found, [](auto const& line) {
            return line.find("crop") != std::string::npos;
        })) << as_text(fitted.report);
    } catch (Error const& error) {
        EXPECT_NE(std::string{error.what()}.find("crop"), std::string::npos) << error.what();
    }
}

} // namespace
} // namespace fluoro
