// Real patients and real odd files, through the real worker.
#include <fluoro/core/executable.hpp>
#include <fluoro/patient/importer.hpp>

#include <chrono>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

class RealData : public testing::Test {
protected:
    void SetUp() override
    {
        folder = real_data(FLUORO_SOURCE_DIR);
        if (folder.empty()) GTEST_SKIP() << "no real trial data here (set FLUORO_DATA to its folder)";
    }
    std::filesystem::path folder;
};

#ifdef FLUORO_SANITIZED
constexpr double longest_s = 30; // the worker's allowance is larger under sanitizers
#else
constexpr double longest_s = 5;
#endif

std::string refusal(std::filesystem::path const& file)
{
    try {
        (void)import_ct(file, {});
    } catch (Error const& error) {
        return error.what();
    }
    return "";
}

double hu_at_mm(Volume const& ct, Vec3 const& p)
{
    Vec3 const index = glm::round(map_point(ct.grid.index_from_patient(), p));
    for (int axis = 0; axis < 3; ++axis)
        if (index[axis] < 0 || index[axis] >= ct.grid.size[axis]) return -1000;
    return ct
        .hu[std::size_t(index.x) +
            std::size_t(ct.grid.size.x) * (std::size_t(index.y) + std::size_t(ct.grid.size.y) * std::size_t(index.z))];
}

/// Mean position [mm] and number of the voxels that fulfil `wanted(hu, label)`.
template <class Wanted> std::pair<Vec3, std::size_t> mean_place(Patient const& patient, Wanted const& wanted)
{
    Vec3 sum{0};
    std::size_t count = 0, at = 0;
    Grid const& grid = patient.ct.grid;
    Mat4 const place = grid.patient_from_index();
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i, ++at)
                if (wanted(patient.ct.hu[at], patient.labels.empty() ? 0 : patient.labels[at])) {
                    sum += map_point(place, Vec3{double(i), double(j), double(k)});
                    ++count;
                }
    return {sum / double(std::max<std::size_t>(count, 1)), count};
}

} // namespace

TEST_F(RealData, magnetic_resonance_in_nifti_is_refused_as_no_ct)
{
    for (char const* const name : {"anatomical.nii", "example4d.nii.gz", "example_nifti2.nii.gz", "functional.nii",
                                   "reoriented_anat_moved.nii"}) {
        std::string const message = refusal(folder / "odd-nifti" / name);
        EXPECT_NE(message.find("not a CT in Hounsfield units"), std::string::npos) << message;
        EXPECT_NE(message.find(name), std::string::npos) << message;
    }
}

TEST_F(RealData, every_malformed_dicom_file_is_imported_or_refused_within_five_seconds)
{
    int files = 0;
    for (auto const& entry : std::filesystem::directory_iterator{folder / "malformed-dicom"}) {
        auto const start = std::chrono::steady_clock::now();
        try {
            EXPECT_GT(import_ct(entry.path(), {}).ct.hu.size(), 0u);
        } catch (Error const& error) {
            std::string const message = error.what();
            EXPECT_NE(message.find(entry.path().filename().string()), std::string::npos) << message;
            EXPECT_EQ(message.find("broke its reader"), std::string::npos) << message;
            EXPECT_EQ(error.exit_code(), 2) << message;
        }
        EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), longest_s)
            << entry.path();
        ++files;
    }
    EXPECT_GT(files, 50);
}

TEST_F(RealData, the_chest_imports_quickly_and_lies_the_right_way)
{
    auto const file = folder / "chest" / "chest_256x256x100_clamped.nii.gz";
    auto const start = std::chrono::steady_clock::now();
    Patient const patient = import_ct(file, {});
    double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf("chest 256x256x100 NIfTI imported in %.2f s\n", seconds);
    EXPECT_EQ(patient.ct.grid.size, (glm::ivec3{256, 256, 100}));
    EXPECT_NEAR(patient.ct.grid.spacing_mm.z, 2.5, 1e-5); // float in the file
    Vec3 const centre = patient.ct.grid.centre_mm();
    // The spine is behind the heart: bone close to the middle line lies posterior (+y) of the centre.
    auto const bone = mean_place(patient, [](int hu, int) { return hu > 300; });
    EXPECT_GT(bone.first.y, centre.y);
    EXPECT_GT(bone.second, 10'000u);
}

TEST_F(RealData, liver_right_spleen_left_in_the_abdomen_with_its_labels)
{
    auto const base = folder / "abdomen-pelvis";
    Patient const patient =
        import_ct(base / "example_ct.nii.gz", {.labels = base / "example_seg_fast_force_split.nii.gz"});
    ASSERT_EQ(patient.labels.size(), patient.ct.hu.size());
    auto const liver = mean_place(patient, [](int, int label) { return label == 5; });
    auto const spleen = mean_place(patient, [](int, int label) { return label == 1; });
    auto const bladder = mean_place(patient, [](int, int label) { return label == 21; });
    auto const sacrum = mean_place(patient, [](int, int label) { return label == 25; });
    EXPECT_LT(liver.first.x + 50, spleen.first.x); // +x is the patient's left
    EXPECT_GT(liver.first.z, bladder.first.z + 100);
    EXPECT_GT(sacrum.first.y, bladder.first.y + 20); // +y is posterior
    // The nail in the left hip: metal on the left side.
    auto const metal = mean_place(patient, [](int hu, int) { return hu > 2500; });
    EXPECT_GT(metal.first.x, sacrum.first.x + 50);
    // Mean HU of the liver as its provenance states: 44.
    double sum = 0;
    for (std::size_t i = 0; i < patient.labels.size(); ++i) sum += patient.labels[i] == 5 ? patient.ct.hu[i] : 0;
    EXPECT_NEAR(sum / double(liver.second), 44, 1);
}

TEST_F(RealData, a_sagittally_stored_vertebra_keeps_its_axes)
{
    Patient const patient = import_ct(folder / "vertebra" / "sub-ct_label-22_ct.nii.gz", {});
    // Axes as stored: anterior to posterior, head to foot, right to left.
    EXPECT_NEAR(glm::length(patient.ct.grid.directions[0] - Vec3{0, 1, 0}), 0, 1e-6);
    EXPECT_NEAR(glm::length(patient.ct.grid.directions[1] - Vec3{0, 0, -1}), 0, 1e-6);
    EXPECT_NEAR(glm::length(patient.ct.grid.directions[2] - Vec3{-1, 0, 0}), 0, 1e-6);
}

TEST_F(RealData, the_chests_couch_goes_and_nothing_of_the_chest)
{
    auto const file = folder / "chest" / "chest_256x256x100_clamped.nii.gz";
    Patient const before = import_ct(file, {});
    Patient const after = import_ct(file, {.remove_couch = true});
    std::size_t changed_dense = 0, bone = 0, changed_bone = 0;
    for (std::size_t i = 0; i < before.ct.hu.size(); ++i) {
        bool const changed = after.ct.hu[i] != before.ct.hu[i];
        changed_dense += changed && before.ct.hu[i] > -900;
        bone += before.ct.hu[i] > 400;
        changed_bone += changed && before.ct.hu[i] > 400;
    }
    EXPECT_GT(changed_dense, 1000u);
    // What is as dense as bone outside the body are the couch's rails and a tube: 0.5 % of all, measured and looked at.
    EXPECT_LT(changed_bone, bone / 100) << "of " << bone;
}

TEST(RealHead, its_nose_is_anterior_and_its_vertex_up)
{
    if (find_example_head().empty()) GTEST_SKIP() << "the example head is not here: tools/run fetches it";
    Patient const patient = load_ct("example-head");
    EXPECT_EQ(patient.ct.grid.size, (glm::ivec3{256, 256, 108}));
    Grid const& grid = patient.ct.grid;
    EXPECT_EQ(grid.directions[1], (Vec3{0, -1, 0}));

    // Air inside the head stands in the sinuses and the nose, in front; the flat back of the head has none.
    Vec3 const centre = mean_place(patient, [](int hu, int) { return hu > -200; }).first;
    auto const bone = mean_place(patient, [](int hu, int) { return hu > 700; });
    std::size_t front = 0, back = 0;
    for (double x = -20; x <= 20; x += 2)
        for (double y = 0; y <= 90; y += 2)
            for (double z = -60; z <= 40; z += 2) {
                // Air counts only between two pieces of bone along x: inside the skull's outline.
                auto const is_enclosed_air = [&](double dy) {
                    Vec3 const p = centre + Vec3{x, dy, z};
                    if (hu_at_mm(patient.ct, p) > -500) return false;
                    bool left = false, right = false;
                    for (double step = 4; step < 70; step += 2) {
                        left = left || hu_at_mm(patient.ct, p + Vec3{step, 0, 0}) > 200;
                        right = right || hu_at_mm(patient.ct, p - Vec3{step, 0, 0}) > 200;
                    }
                    return left && right;
                };
                front += is_enclosed_air(-y);
                back += is_enclosed_air(y);
            }
    EXPECT_GT(front, 20 * (back + 1)) << "front " << front << " back " << back;
    EXPECT_GT(bone.second, 10'000u);
    // Up at the vertex the head ends; at the lower edge the scan cuts through skull base and neck.
    auto const area = [&](int k) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < 256 * 256; ++i) count += patient.ct.hu[std::size_t(k) * 256 * 256 + i] > -200;
        return count;
    };
    EXPECT_GT(area(2), 4 * area(105));
    EXPECT_EQ(grid.directions[2], (Vec3{0, 0, 1}));
}
