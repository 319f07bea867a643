#include "frame_reader.hpp"

#include "dicom_file.hpp"
#include "jpeg2000.hpp"
#include "rle.hpp"

#include <algorithm>
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfcache.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>
#include <fluoro/core/error.hpp>
#include <fmt/format.h>

namespace fluoro {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// The fragments of an encapsulated image, each with its place as the basic offset table counts it.
struct Fragments {
    std::vector<DcmPixelItem*> items;
    std::vector<std::uint64_t> places;  ///< of each item's tag, from the first fragment's
    std::vector<std::uint64_t> offsets; ///< basic offset table: one per frame, or empty
};

Fragments list_fragments(DcmPixelSequence& sequence)
{
    Fragments out;
    std::uint64_t place = 0;
    bool is_table = true;
    for (DcmObject* object = nullptr; (object = sequence.nextInContainer(object)) != nullptr;) {
        auto* const item = dynamic_cast<DcmPixelItem*>(object);
        if (item == nullptr) continue;
        if (is_table) {
            is_table = false;
            Uint8* bytes = nullptr;
            if (item->getLength() >= 4 && item->getUint8Array(bytes).good() && bytes != nullptr)
                for (std::size_t i = 0; i + 4 <= item->getLength(); i += 4)
                    out.offsets.push_back(bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16 |
                                          std::uint64_t(bytes[i + 3]) << 24);
            continue;
        }
        out.items.push_back(item);
        out.places.push_back(place);
        place += 8 + item->getLength();
    }
    return out;
}

/// Fragments [first, second) of `frame`; none if that cannot be told.
std::pair<std::size_t, std::size_t> fragments_of(Fragments const& fragments, std::size_t frame, std::size_t frames)
{
    if (frames == 1) return {0, fragments.items.size()};
    if (fragments.items.size() == frames) return {frame, frame + 1};
    if (fragments.offsets.size() != frames) return {0, 0};
    auto const index = [&](std::uint64_t offset) {
        auto const found = std::find(fragments.places.begin(), fragments.places.end(), offset);
        return std::size_t(found - fragments.places.begin());
    };
    std::size_t const first = index(fragments.offsets[frame]);
    std::size_t const last = frame + 1 < frames ? index(fragments.offsets[frame + 1]) : fragments.items.size();
    return first < last ? std::pair{first, last} : std::pair<std::size_t, std::size_t>{0, 0};
}

/// The compressed bytes of one frame; `problem` says why there are none.
Bytes packed_frame(DcmPixelSequence& sequence, std::size_t frame, std::size_t frames, std::string& problem)
{
    auto const fragments = list_fragments(sequence);
    auto const [first, last] = fragments_of(fragments, frame, frames);
    if (first >= last) problem = "its fragments cannot be told apart by frame";
    Bytes packed;
    for (std::size_t i = first; i < last; ++i) {
        Uint8* bytes = nullptr;
        if (fragments.items[i]->getUint8Array(bytes).bad() || bytes == nullptr) {
            problem = "its pixel data break off";
            return {};
        }
        packed.insert(packed.end(), bytes, bytes + fragments.items[i]->getLength());
        fragments.items[i]->compact();
    }
    return packed;
}

bool is_jpeg2000(E_TransferSyntax syntax)
{
    return syntax == EXS_JPEG2000LosslessOnly || syntax == EXS_JPEG2000;
}

bool is_decodable(E_TransferSyntax syntax)
{
    switch (syntax) {
    case EXS_JPEGProcess1:
    case EXS_JPEGProcess2_4:
    case EXS_JPEGProcess3_5:
    case EXS_JPEGProcess6_8:
    case EXS_JPEGProcess7_9:
    case EXS_JPEGProcess10_12:
    case EXS_JPEGProcess11_13:
    case EXS_JPEGProcess14:
    case EXS_JPEGProcess14SV1:
    case EXS_JPEGLSLossless:
    case EXS_JPEGLSLossy:
        return true;
    default:
        return false;
    }
}

} // namespace

struct FrameReader::OpenFile {
    OpenFile(int index_, std::filesystem::path const& file) : index{index_}, dicom{file} {}

    int index;
    DicomFile dicom;
    DcmFileCache cache;
    int next_frame = 0;       ///< that `next_fragment` belongs to
    Uint32 next_fragment = 0; ///< 0 = unknown
};

FrameReader::FrameReader(std::span<std::filesystem::path const> files) : files_{files} {}
FrameReader::~FrameReader() = default;

Mended FrameReader::read(CtPlane const& plane, std::span<std::int16_t> hu)
{
    SampleFormat format = plane.format;
    auto const raw = raw_samples(plane, format);
    return converter_.convert(plane, format, raw, hu);
}

std::vector<std::uint32_t> FrameReader::raw_samples(CtPlane const& plane, SampleFormat& format)
{
    auto const& file = files_[std::size_t(plane.file)];
    auto const refuse = [&](std::string const& reason) -> Error {
        return Error{fmt::format("'{}', image {}: {}; get the series again from where it came, or remove this file",
                                 file.string(), plane.frame + 1, reason)};
    };
    if (!open_ || open_->index != plane.file) open_ = std::make_unique<OpenFile>(plane.file, file);
    DcmDataset& dataset = open_->dicom.dataset();

    DcmElement* element = nullptr;
    if (dataset.findAndGetElement(DCM_PixelData, element).bad())
        throw refuse("its pixel data are gone since it was first read");
    auto* const pixels = dynamic_cast<DcmPixelData*>(element);
    if (pixels == nullptr) throw refuse("its pixel data are gone since it was first read");
    E_TransferSyntax syntax = EXS_Unknown;
    DcmRepresentationParameter const* parameter = nullptr;
    pixels->getOriginalRepresentationKey(syntax, parameter);
    DcmXfer const transfer{syntax};

    std::size_t const count = std::size_t(plane.columns) * std::size_t(plane.rows);
    if (is_jpeg2000(syntax) || syntax == EXS_RLELossless) {
        DcmPixelSequence* sequence = nullptr;
        if (pixels->getEncapsulatedRepresentation(syntax, parameter, sequence).bad() || sequence == nullptr)
            throw refuse("it has no readable compressed pixel data");
        Sint32 frames = 1;
        if (dataset.findAndGetSint32(DCM_NumberOfFrames, frames).bad() || frames < 1) frames = 1;
        std::string problem;
        Bytes const packed = packed_frame(*sequence, std::size_t(plane.frame), std::size_t(frames), problem);
        if (!problem.empty()) throw refuse(problem);
        if (syntax == EXS_RLELossless) {
            auto raw = decode_rle(packed, count, plane.format.bits_allocated / 8, problem);
            if (!problem.empty()) throw refuse(problem);
            return raw;
        }
        auto picture = decode_jpeg2000(packed, plane.columns, plane.rows);
        if (!picture.problem.empty()) throw refuse(picture.problem);
        // The codestream knows its precision; Bits Stored is often a wrong copy. The sign is the header's: writers mark
        // signed pixels as unsigned in the codestream, and the bits are the same.
        format.bits_allocated = picture.precision <= 16 ? 16 : 32;
        format.bits_stored = picture.precision;
        format.high_bit = picture.precision - 1;
        return std::move(picture.raw);
    }

    if (transfer.isEncapsulated() && !is_decodable(syntax))
        throw refuse(fmt::format(
            "it is compressed as '{}', which is not among what can be read; convert it to an uncompressed or "
            "JPEG lossless series",
            transfer.getXferName()));

    std::size_t const sample_bytes = std::size_t(plane.format.bits_allocated) / 8;
    std::vector<std::uint8_t> bytes((count * sample_bytes + 1) / 2 * 2);
    Uint32 frame_bytes = 0;
    if (pixels->getUncompressedFrameSize(&dataset, frame_bytes).bad() || frame_bytes != count * sample_bytes)
        throw refuse("its size is not that of its header");
    OFString colour_model;
    Uint32 fragment = 0; // 0 = DCMTK finds it, by offset table or where each frame has one fragment
    auto const decode = [&](int frame) {
        return pixels->getUncompressedFrame(&dataset, Uint32(frame), fragment, bytes.data(), Uint32(bytes.size()),
                                            colour_model, &open_->cache);
    };
    bool const follows_last = open_->next_frame == plane.frame;
    if (follows_last) fragment = open_->next_fragment;
    OFCondition result = decode(plane.frame);
    if (result.bad() && transfer.isEncapsulated() && !follows_last) {
        // Several fragments a frame and no table: found by decoding all before it.
        fragment = 0;
        for (int frame = 0; frame <= plane.frame; ++frame)
            if ((result = decode(frame)).bad()) break;
    }
    if (result.bad()) throw refuse(std::string{"it cannot be decoded ("} + result.text() + ")");
    open_->next_frame = plane.frame + 1;
    open_->next_fragment = fragment;

    std::vector<std::uint32_t> raw(count);
    bool const is_big_endian_file = DcmXfer{dataset.getOriginalXfer()}.getByteOrder() == EBO_BigEndian;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint8_t const* sample = bytes.data() + i * sample_bytes;
        if (sample_bytes == 1) {
            raw[i] = sample[0];
        } else if (sample_bytes == 2) {
            raw[i] = std::uint32_t(sample[0]) | std::uint32_t(sample[1]) << 8;
        } else {
            std::uint32_t const first = std::uint32_t(sample[0]) | std::uint32_t(sample[1]) << 8;
            std::uint32_t const second = std::uint32_t(sample[2]) | std::uint32_t(sample[3]) << 8;
            // DCMTK turns OW around word by word: the high word of a big-endian sample still comes first.
            raw[i] = is_big_endian_file ? first << 16 | second : second << 16 | first;
        }
    }
    return raw;
}

} // namespace fluoro
