#include "synthetic_dicom.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

constexpr double rounding = 0.5 + 1e-6;
using Bytes = std::vector<std::uint8_t>;

std::string refusal_of(Slice const& slice)
{
    ScratchFolder const folder;
    write_all(folder, stack(slice, 3, 2.0));
    return refusal(folder);
}

std::filesystem::path trial_data()
{
    char const* const set = std::getenv("FLUORO_DATA");
    return set != nullptr ? std::filesystem::path{set}
                          : std::filesystem::path{FLUORO_SOURCE_DIR} / ".." / "shared" / "data";
}

void append(Bytes& bytes, std::initializer_list<int> more)
{
    for (int const b : more) bytes.push_back(std::uint8_t(b));
}

/// Group 0002 and the class and modality of a CT, explicit little endian; more may follow.
Bytes file_head()
{
    Bytes bytes(128, 0);
    append(bytes, {'D', 'I', 'C', 'M', 2, 0, 0x10, 0, 'U', 'I', 20, 0});
    for (char const c : std::string{"1.2.840.10008.1.2.1"}) bytes.push_back(std::uint8_t(c));
    append(bytes, {0, 8, 0, 0x60, 0, 'C', 'S', 2, 0, 'C', 'T'});
    return bytes;
}

} // namespace

TEST(Header, nothing_of_the_person_leaves)
{
    ScratchFolder const folder;
    write_all(folder, stack(Slice{}, 3, 2.0));
    Patient const patient = read_folder(folder);
    EXPECT_EQ(patient.origin.tube_voltage_kv, 110);
    EXPECT_EQ(patient.origin.patient_position, "HFS");
    EXPECT_NE(patient.origin.description.find("series 3 'Trial'"), std::string::npos);
    std::string all = patient.origin.description + patient.origin.patient_position;
    for (auto const& note : patient.origin.notes) all += note;
    for (char const* secret : {"Somebody", "Secret", "4711", "SECRET"}) EXPECT_EQ(all.find(secret), std::string::npos);
}

TEST(Header, refuses_other_objects_by_name)
{
    struct Case {
        char const* sop_class;
        char const* modality;
        char const* words;
    };
    for (auto const& [sop_class, modality, words] :
         {Case{"1.2.840.10008.5.1.4.1.1.4", "MR", "3 MR images"},
          Case{"1.2.840.10008.5.1.4.1.1.4.1", "MR", "3 MR images"},
          Case{"1.2.840.10008.5.1.4.1.1.88.33", "SR", "3 structured reports"},
          Case{"1.2.840.10008.5.1.4.1.1.88.67", "SR", "3 X-ray dose reports"},
          Case{"1.2.840.10008.5.1.4.1.1.481.2", "RTDOSE", "3 radiotherapy doses"},
          Case{"1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT", "3 radiotherapy structure sets"},
          Case{"1.2.840.10008.5.1.4.1.1.481.5", "RTPLAN", "3 radiotherapy plans"},
          Case{"1.2.840.10008.5.1.4.1.1.7", "CT", "3 secondary captures"},
          Case{"1.2.840.10008.5.1.4.1.1.6.1", "US", "3 ultrasound images"},
          Case{"1.2.840.10008.5.1.4.1.1.9.1.1", "ECG", "3 ECG waveforms"},
          Case{"1.2.840.10008.5.1.4.1.1.66.4", "SEG", "3 segmentations"},
          Case{"1.2.840.10008.5.1.4.1.1.20", "NM", "3 nuclear medicine images"},
          Case{"1.2.840.10008.5.1.4.1.1.12.1", "XA", "3 X-ray angiography images"},
          Case{"1.2.840.10008.5.1.4.1.1.128", "PT", "3 PET images"}, Case{"", "MR", "3 MR images"},
          Case{"1.9.9", "XYZ", "DICOM objects of modality XYZ"}}) {
        Slice slice;
        slice.sop_class = sop_class;
        slice.modality = modality;
        std::string const message = refusal_of(slice);
        EXPECT_NE(message.find(words), std::string::npos) << message;
        EXPECT_NE(message.find("a CT is needed"), std::string::npos) << message;
    }
}

TEST(Header, takes_a_ct_by_class_or_by_modality)
{
    Slice by_modality;
    by_modality.sop_class = "";
    EXPECT_EQ(refusal_of(by_modality), "");
    Slice by_class;
    by_class.modality = "";
    EXPECT_EQ(refusal_of(by_class), "");
}

TEST(Header, names_what_a_single_file_is)
{
    ScratchFolder const folder;
    Slice slice;
    slice.sop_class = "1.2.840.10008.5.1.4.1.1.4";
    write_all(folder, {slice});
    EXPECT_NE(refusal(folder).find("is an MR image; a CT is needed"), std::string::npos) << refusal(folder);
}

TEST(Header, passes_over_other_files_beside_the_series)
{
    ScratchFolder const folder;
    write_all(folder, stack(Slice{}, 4, 2.0));
    write_bytes(folder.path() / "readme.txt", {'h', 'e', 'l', 'l', 'o'});
    write_bytes(folder.path() / "empty", {});
    Slice report;
    report.sop_class = "1.2.840.10008.5.1.4.1.1.88.67";
    write_all(folder, {report});
    Patient const patient = read_folder(folder);
    EXPECT_LE(worst_difference(patient, slanted_hu), rounding);
    EXPECT_TRUE(has_note(patient, "an X-ray dose report"));
}

TEST(Header, leaves_localizers_out)
{
    auto slices = stack(Slice{}, 5, 2.0);
    Slice scout;
    scout.image_type = "ORIGINAL\\PRIMARY\\LOCALIZER";
    scout.position_mm.z = 300;
    slices.push_back(scout);
    ScratchFolder const folder;
    write_all(folder, slices);
    Patient const patient = read_folder(folder);
    EXPECT_EQ(patient.ct.grid.size.z, 5);
    EXPECT_TRUE(has_note(patient, "a localizer"));
    EXPECT_NE(refusal_of(scout).find("3 localizers"), std::string::npos) << refusal_of(scout);
}

TEST(Header, takes_derived_reformats)
{
    Slice slice;
    slice.image_type = "DERIVED\\SECONDARY\\MPR";
    EXPECT_EQ(refusal_of(slice), "");
}

TEST(Header, refuses_colour)
{
    Slice slice;
    slice.samples = 3;
    slice.photometric = "RGB";
    slice.bits_allocated = slice.bits_stored = 8;
    slice.is_signed = false;
    EXPECT_NE(refusal_of(slice).find("colour"), std::string::npos) << refusal_of(slice);
}

TEST(Header, refuses_rescale_that_gives_no_hounsfield_units)
{
    Slice slice;
    slice.hu = [](Vec3 const&) { return 0.0; };
    slice.slope = 1e-9;
    EXPECT_NE(refusal_of(slice).find("Rescale Slope"), std::string::npos) << refusal_of(slice);
}

TEST(Header, refuses_a_header_that_asks_for_more_pixels_than_there_are)
{
    ScratchFolder const folder;
    write_all(folder, stack(Slice{}, 3, 2.0));
    for (auto const& file : folder.files()) {
        auto bytes = file_bytes(file);
        // Rows (0028,0010) US: 20 becomes 5000.
        Bytes const rows{0x28, 0, 0x10, 0, 'U', 'S', 2, 0, 20, 0};
        auto const at = std::search(bytes.begin(), bytes.end(), rows.begin(), rows.end());
        ASSERT_NE(at, bytes.end());
        at[8] = 0x88;
        at[9] = 0x13;
        write_bytes(file, bytes);
    }
    EXPECT_NE(refusal(folder).find("needs 240000 bytes"), std::string::npos) << refusal(folder);
}

TEST(Header, refuses_a_truncated_series_and_leaves_out_one_truncated_slice)
{
    ScratchFolder const folder;
    write_all(folder, stack(Slice{}, 25, 2.0));
    auto files = folder.files();
    std::sort(files.begin(), files.end());
    std::filesystem::resize_file(files[7], std::filesystem::file_size(files[7]) - 100);
    Patient const patient = read_folder(folder);
    EXPECT_EQ(patient.ct.grid.size.z, 25) << "interpolated";
    EXPECT_TRUE(has_note(patient, "1 unusable image"));
    for (auto const& file : files) std::filesystem::resize_file(file, std::filesystem::file_size(files[7]));
    EXPECT_NE(refusal(folder).find("truncated"), std::string::npos) << refusal(folder);
}

// Without a limit a parser that calls itself for every level dies of it: 8 MiB of stack are some thousand levels.
TEST(Header, refuses_sequences_nested_beyond_reason)
{
    for (bool const is_deflated : {false, true}) {
        ScratchFolder const folder;
        Bytes bytes = file_head();
        for (int level = 0; level < 200'000; ++level) {
            append(bytes, {8, 0, 0x15, 0x11, 'S', 'Q', 0, 0, 255, 255, 255, 255}); // (0008,1115) of undefined length
            append(bytes, {0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255});              // item of undefined length
        }
        if (is_deflated) {
            // One stored block after the other (RFC 1951, 3.2.4): deflated without being smaller.
            Bytes const plain(bytes.begin() + 160, bytes.end());
            bytes.resize(162);
            std::copy_n("1.2.840.10008.1.2.1.99", 22, bytes.begin() + 140);
            bytes[138] = 22;
            for (std::size_t at = 0; at < plain.size(); at += 60'000) {
                std::size_t const length = std::min<std::size_t>(60'000, plain.size() - at);
                append(bytes, {at + length == plain.size() ? 1 : 0, int(length & 255), int(length >> 8),
                               int(~length & 255), int(~length >> 8 & 255)});
                bytes.insert(bytes.end(), plain.begin() + std::ptrdiff_t(at),
                             plain.begin() + std::ptrdiff_t(at + length));
            }
        }
        write_bytes(folder.path() / "deep.dcm", bytes);
        EXPECT_NE(refusal(folder).find("nested too deeply"), std::string::npos) << refusal(folder);
    }
}

TEST(Header, refuses_a_value_longer_than_its_file)
{
    ScratchFolder const folder;
    Bytes bytes = file_head();
    append(bytes, {0xe0, 0x7f, 0x10, 0, 'O', 'W', 0, 0, 0xf0, 255, 255, 255, 1, 2, 3, 4});
    write_bytes(folder.path() / "long.dcm", bytes);
    EXPECT_NE(refusal(folder).find("damaged"), std::string::npos) << refusal(folder);
}

TEST(EnhancedCt, takes_position_rescale_and_stack_from_the_functional_groups)
{
    for (Encoding const encoding :
         {Encoding::explicit_little, Encoding::implicit_little, Encoding::explicit_big, Encoding::deflated,
          Encoding::rle, Encoding::jpeg_lossless_sv1, Encoding::jpeg_ls, Encoding::jpeg2000_lossless}) {
        Slice first;
        first.encoding = encoding;
        auto frames = stack(first, 7, 2.0);
        for (std::size_t i = 0; i < frames.size(); ++i) frames[i].intercept = -1024 + 10.0 * double(i);
        std::reverse(frames.begin(), frames.end());
        ScratchFolder const folder;
        write_enhanced(folder.path() / "enhanced.dcm", frames);
        Patient const patient = read_folder(folder);
        EXPECT_EQ(patient.ct.grid.size, glm::ivec3(24, 20, 7));
        EXPECT_LE(worst_difference(patient, slanted_hu), rounding) << "encoding " << int(encoding);
    }
}

// The second thread begins in the middle of the file, where only the frames before it tell where its first one starts.
TEST(EnhancedCt, finds_frames_of_several_fragments_without_an_offset_table)
{
    for (Encoding const encoding : {Encoding::jpeg_lossless_sv1, Encoding::jpeg_ls}) {
        Slice first;
        first.encoding = encoding;
        first.is_split = true;
        ScratchFolder const folder;
        write_enhanced(folder.path() / "enhanced.dcm", stack(first, 8, 2.0));
        EXPECT_LE(worst_difference(read_folder(folder), slanted_hu), rounding) << "encoding " << int(encoding);
    }
}

TEST(EnhancedCt, keeps_stacks_at_the_same_places_apart)
{
    auto frames = stack(Slice{}, 5, 2.0);
    Slice second;
    second.acquisition = 2;
    second.hu = [](Vec3 const& place) { return slanted_hu(place) + 300; };
    for (auto const& frame : stack(second, 8, 2.0)) frames.push_back(frame);
    ScratchFolder const folder;
    write_enhanced(folder.path() / "enhanced.dcm", frames);
    Patient const patient = read_folder(folder);
    EXPECT_EQ(patient.ct.grid.size.z, 8);
    EXPECT_LE(worst_difference(patient, second.hu), rounding);
}

TEST(EnhancedCt, refuses_a_single_frame)
{
    ScratchFolder const folder;
    write_enhanced(folder.path() / "enhanced.dcm", {Slice{}});
    EXPECT_NE(refusal(folder).find("one slice is no volume"), std::string::npos) << refusal(folder);
}

TEST(TrialData, imports_the_chest_series_where_its_patient_lies)
{
    auto const source = trial_data() / "chest" / "dicom-series.tar.xz";
    if (!std::filesystem::exists(source)) GTEST_SKIP() << "no trial data: set FLUORO_DATA to its folder";
    ScratchFolder const folder;
    std::string const unpack =
        fmt::format("tar -xf '{}' -C '{}' --strip-components=1", source.string(), folder.path().string());
    ASSERT_EQ(std::system(unpack.c_str()), 0);

    auto const start = std::chrono::steady_clock::now();
    Patient const patient = read_folder(folder);
    double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    RecordProperty("seconds", fmt::format("{:.2f}", seconds));
    EXPECT_LT(seconds, 10) << "on two cores";

    Grid const& grid = patient.ct.grid;
    EXPECT_EQ(grid.size, glm::ivec3(512, 512, 100));
    EXPECT_NEAR(grid.spacing_mm.x, 0.898438, 1e-6);
    EXPECT_NEAR(grid.spacing_mm.z, 2.5, 1e-6);
    EXPECT_NEAR(grid.origin_mm.z, -236.5, 1e-6);
    EXPECT_EQ(patient.origin.patient_position, "FFS");
    EXPECT_TRUE(has_note(patient, "set to air"));
    EXPECT_GE(*std::min_element(patient.ct.hu.begin(), patient.ct.hu.end()), -1024) << "no padding of -3024 HU is left";
    EXPECT_EQ(patient.ct.hu.front(), -1000) << "outside the scan circle";
}

TEST(TrialData, takes_or_refuses_every_malformed_file)
{
    auto const source = trial_data() / "malformed-dicom";
    if (!std::filesystem::exists(source)) GTEST_SKIP() << "no trial data: set FLUORO_DATA to its folder";
    int refused = 0;
    for (auto const& entry : std::filesystem::directory_iterator{source}) {
        auto const start = std::chrono::steady_clock::now();
        try {
            read_dicom({entry.path()}, entry.path().string());
        } catch (Error const& error) {
            ++refused;
            EXPECT_EQ(error.exit_code(), 2);
            EXPECT_NE(std::string{error.what()}.find(entry.path().filename().string()), std::string::npos)
                << error.what();
        }
        EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), 5) << entry.path();
    }
    EXPECT_GT(refused, 0);
}
