#include "synthetic_dicom.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

// Stored values are whole HU: half a unit of rounding.
constexpr double rounding = 0.5 + 1e-6;

std::string name_of(Encoding encoding)
{
    static constexpr char const* names[] = {"implicit", "explicit_little",   "explicit_big",      "deflated",
                                            "rle",      "jpeg_lossless",     "jpeg_lossless_sv1", "jpeg_extended",
                                            "jpeg_ls",  "jpeg2000_lossless", "jpeg2000"};
    return names[int(encoding)];
}

class LosslessEncoding : public testing::TestWithParam<Encoding> {};

Patient written_and_read(Slice const& first, int count = 6)
{
    ScratchFolder const folder;
    write_all(folder, stack(first, count, 2.0));
    return read_folder(folder);
}

} // namespace

TEST_P(LosslessEncoding, gives_the_hu_that_were_written)
{
    Slice first;
    first.encoding = GetParam();
    Patient const patient = written_and_read(first);
    EXPECT_EQ(patient.ct.grid.size, glm::ivec3(24, 20, 6));
    EXPECT_LE(worst_difference(patient, slanted_hu), rounding);
}

TEST_P(LosslessEncoding, keeps_the_sign_of_twelve_stored_bits)
{
    for (bool const is_signed : {true, false}) {
        Slice first;
        first.encoding = GetParam();
        first.bits_stored = 12;
        first.is_signed = is_signed;
        first.intercept = is_signed ? 0 : -1024;
        EXPECT_LE(worst_difference(written_and_read(first, 3), slanted_hu), rounding)
            << (is_signed ? "signed" : "unsigned");
    }
}

TEST_P(LosslessEncoding, uses_all_sixteen_unsigned_bits)
{
    Slice first;
    first.encoding = GetParam();
    first.is_signed = false;
    first.slope = 0.0625;
    first.intercept = -1000;
    // 1/16 HU per step: rounding to whole HU remains, and half a step.
    EXPECT_LE(worst_difference(written_and_read(first, 3), slanted_hu), rounding + 0.5 * first.slope);
}

INSTANTIATE_TEST_SUITE_P(TransferSyntaxes, LosslessEncoding,
                         testing::Values(Encoding::implicit_little, Encoding::explicit_little, Encoding::explicit_big,
                                         Encoding::deflated, Encoding::rle, Encoding::jpeg_lossless,
                                         Encoding::jpeg_lossless_sv1, Encoding::jpeg_ls, Encoding::jpeg2000_lossless,
                                         Encoding::jpeg2000),
                         [](auto const& instance) { return name_of(instance.param); });

// JPEG at quality 95 on a smooth ramp of 12 bits: a few quantisation steps.
TEST(FrameReader, reads_lossy_twelve_bit_jpeg_within_its_quantisation)
{
    Slice first;
    first.encoding = Encoding::jpeg_extended;
    first.is_signed = false;
    first.bits_stored = 12;
    EXPECT_LE(worst_difference(written_and_read(first, 3), slanted_hu), 12);
}

TEST(FrameReader, takes_the_sign_of_jpeg2000_pixels_from_the_header_where_the_codestream_says_unsigned)
{
    Slice first;
    first.encoding = Encoding::jpeg2000_lossless;
    first.bits_stored = 13;
    first.intercept = 0;
    first.is_codestream_signed = false;
    EXPECT_LE(worst_difference(written_and_read(first, 3), slanted_hu), rounding);
}

TEST(FrameReader, reads_files_without_preamble_and_meta_header)
{
    for (Encoding const encoding : {Encoding::implicit_little, Encoding::explicit_little, Encoding::explicit_big}) {
        Slice first;
        first.encoding = encoding;
        first.has_meta = false;
        EXPECT_LE(worst_difference(written_and_read(first, 3), slanted_hu), rounding) << name_of(encoding);
    }
}

TEST(FrameReader, reads_samples_of_8_and_32_bits_in_either_byte_order)
{
    for (Encoding const encoding : {Encoding::implicit_little, Encoding::explicit_little, Encoding::explicit_big}) {
        Slice bytes;
        bytes.encoding = encoding;
        bytes.bits_allocated = bytes.bits_stored = 8;
        bytes.is_signed = false;
        bytes.slope = 4;
        bytes.intercept = -400;
        EXPECT_LE(worst_difference(written_and_read(bytes, 3), slanted_hu), 0.5 * bytes.slope + 1e-6)
            << name_of(encoding);

        Slice words;
        words.encoding = encoding;
        words.bits_allocated = words.bits_stored = 32;
        words.slope = 1e-5; // stored values beyond 16 bits
        words.intercept = 0;
        EXPECT_LE(worst_difference(written_and_read(words, 3), slanted_hu), rounding) << name_of(encoding);
    }
}

TEST(FrameReader, reads_samples_that_do_not_begin_at_the_lowest_bit)
{
    Slice first;
    first.bits_stored = 12;
    first.high_bit = 15;
    first.intercept = 0;
    EXPECT_LE(worst_difference(written_and_read(first, 3), slanted_hu), rounding);
}

TEST(FrameReader, refuses_a_jpeg2000_picture_of_another_size_than_the_header)
{
    ScratchFolder const folder;
    Slice first;
    first.encoding = Encoding::jpeg2000_lossless;
    write_all(folder, stack(first, 3, 2.0));
    // The SIZ segment (FF51, length, capabilities) holds the width in bytes 6 to 9: 24 becomes 25.
    auto const file = folder.files().front();
    auto bytes = file_bytes(file);
    for (std::size_t i = 0; i + 10 < bytes.size(); ++i)
        if (bytes[i] == 0xff && bytes[i + 1] == 0x51) bytes[i + 9] = 25;
    write_bytes(file, bytes);
    EXPECT_NE(refusal(folder).find("24 x 20"), std::string::npos) << refusal(folder);
}

TEST(FrameReader, refuses_damaged_compressed_pixels_with_the_file_and_the_reason)
{
    ScratchFolder const folder;
    Slice first;
    first.encoding = Encoding::jpeg_lossless_sv1;
    write_all(folder, stack(first, 3, 2.0));
    auto const file = folder.files().front();
    auto bytes = file_bytes(file);
    for (std::size_t i = 0; i + 10 < bytes.size(); ++i)
        if (bytes[i] == 0xff && bytes[i + 1] == 0xd8) bytes[i + 1] = 0x00; // start of image
    write_bytes(file, bytes);
    std::string const message = refusal(folder);
    EXPECT_NE(message.find(file.string()), std::string::npos) << message;
    EXPECT_NE(message.find("cannot be decoded"), std::string::npos) << message;
}
