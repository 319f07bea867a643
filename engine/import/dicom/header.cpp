#include "header.hpp"

#include "dicom_file.hpp"
#include "object_names.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcspchrs.h>
#include <dcmtk/dcmdata/dctk.h>
#include <fmt/format.h>
#include <optional>

namespace fluoro {
namespace {

// A plane of more than this is no CT; 65535 columns and rows in a header of 1 KiB would ask for 8 GiB.
constexpr int most_columns = 8192;
constexpr int most_frames = 36'000;
// Constant air shrinks to about 1:2600 in JPEG 2000; beyond this the header lies about what the bytes can hold.
constexpr double most_packing = 4000;

/// Thrown and caught within this file: why a CT cannot be used.
struct Unusable {
    std::string reason;
};

std::string text(DcmItem& item, DcmTagKey const& tag)
{
    OFString value;
    if (item.findAndGetOFStringArray(tag, value).bad()) return {};
    std::string out{value.c_str(), value.length()};
    while (!out.empty() && (out.back() == ' ' || out.back() == '\0')) out.pop_back();
    while (!out.empty() && out.front() == ' ') out.erase(out.begin());
    return out;
}

/// Free text made fit for a line on the terminal: UTF-8, no control characters, at most 64 characters or so.
std::string shown_text(DcmDataset& dataset, DcmTagKey const& tag)
{
    std::string const raw = text(dataset, tag).substr(0, 64);
    std::string out = raw;
    if (std::any_of(raw.begin(), raw.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
        DcmSpecificCharacterSet converter;
        OFString utf8;
        if (converter.selectCharacterSet(dataset).good() && converter.convertString(raw.c_str(), utf8).good())
            out = utf8.c_str();
        else
            std::replace_if(
                out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    }
    std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    return out;
}

/// The `index`-th number of a decimal or integer string or of a binary value; none if it is absent or no finite number.
std::optional<double> number(DcmItem& item, DcmTagKey const& tag, unsigned long index = 0)
{
    DcmElement* element = nullptr;
    if (item.findAndGetElement(tag, element).bad() || element == nullptr) return std::nullopt;
    OFString value;
    if (element->getOFString(value, index).bad()) return std::nullopt;
    char const* first = value.c_str();
    char const* const last = first + value.length();
    while (first != last && (*first == ' ' || *first == '+')) ++first;
    double parsed = 0;
    auto const [end, error] = std::from_chars(first, last, parsed);
    if (error != std::errc{} || !std::isfinite(parsed)) return std::nullopt;
    for (char const* rest = end; rest != last; ++rest)
        if (*rest != ' ' && *rest != '\0') return std::nullopt;
    return parsed;
}

int required_int(DcmItem& item, DcmTagKey const& tag, char const* name, int low, int high)
{
    auto const value = number(item, tag);
    if (!value) throw Unusable{fmt::format("has no {}", name)};
    if (*value < low || *value > high || *value != std::floor(*value))
        throw Unusable{fmt::format("says {} = {}, but only {} to {} can be used", name, *value, low, high)};
    return int(*value);
}

template <int count> std::optional<std::array<double, count>> numbers(DcmItem& item, DcmTagKey const& tag)
{
    std::array<double, count> out{};
    for (int i = 0; i < count; ++i) {
        auto const value = number(item, tag, static_cast<unsigned long>(i));
        if (!value) return std::nullopt;
        out[std::size_t(i)] = *value;
    }
    return out;
}

/// Where an attribute of a frame may stand: the frame's own groups, the shared ones, the dataset itself.
class FrameView {
public:
    FrameView(DcmDataset& dataset, DcmItem* own, DcmItem* shared) : dataset_{dataset}, own_{own}, shared_{shared} {}

    /// The item that holds `tag`; the dataset where no functional group does.
    DcmItem& holder(DcmTagKey const& group, DcmTagKey const& tag) const
    {
        for (DcmItem* groups : {own_, shared_}) {
            DcmItem* item = nullptr;
            if (groups != nullptr && groups->findAndGetSequenceItem(group, item).good() && item != nullptr &&
                item->tagExists(tag))
                return *item;
        }
        return dataset_;
    }

private:
    DcmDataset& dataset_;
    DcmItem* own_;
    DcmItem* shared_;
};

/// Raw bits of an attribute that is US or SS as the pixels are, whatever VR the writer chose.
std::optional<std::uint32_t> raw_bits(DcmItem& item, DcmTagKey const& tag, int bits_allocated)
{
    DcmElement* element = nullptr;
    if (item.findAndGetElement(tag, element).bad() || element == nullptr) return std::nullopt;
    Uint16 word = 0;
    Sint16 signed_word = 0;
    if (element->getUint16(word).good()) return word;
    if (element->getSint16(signed_word).good())
        return bits_allocated == 32 ? std::uint32_t(std::int32_t(signed_word)) : std::uint32_t(Uint16(signed_word));
    // Unknown VR, or a number written as text.
    if (auto const value = number(item, tag)) {
        if (*value >= -2147483648.0 && *value <= 4294967295.0) return std::uint32_t(std::int64_t(*value));
    }
    Uint8* bytes = nullptr;
    if (element->getUint8Array(bytes).good() && bytes != nullptr && element->getLength() == 2)
        return std::uint32_t(bytes[0]) | std::uint32_t(bytes[1]) << 8;
    return std::nullopt;
}

SampleFormat read_sample_format(DcmDataset& dataset)
{
    SampleFormat format;
    format.bits_allocated = required_int(dataset, DCM_BitsAllocated, "Bits Allocated", 1, 64);
    if (format.bits_allocated != 8 && format.bits_allocated != 16 && format.bits_allocated != 32)
        throw Unusable{fmt::format("has {} bits per pixel; 8, 16 and 32 can be read", format.bits_allocated)};
    format.bits_stored = required_int(dataset, DCM_BitsStored, "Bits Stored", 1, format.bits_allocated);
    int const usual = format.bits_stored - 1;
    format.high_bit = dataset.tagExists(DCM_HighBit)
                          ? required_int(dataset, DCM_HighBit, "High Bit", usual, format.bits_allocated - 1)
                          : usual;
    format.is_signed = required_int(dataset, DCM_PixelRepresentation, "Pixel Representation", 0, 1) == 1;
    format.padding = raw_bits(dataset, DCM_PixelPaddingValue, format.bits_allocated);
    format.padding_limit = raw_bits(dataset, DCM_PixelPaddingRangeLimit, format.bits_allocated);
    return format;
}

/// Refuses pixel data that cannot hold the image, before anything is allocated for it.
void check_pixel_data(DcmDataset& dataset, int columns, int rows, int frames, int bits_allocated)
{
    DcmElement* element = nullptr;
    if (dataset.findAndGetElement(DCM_PixelData, element).bad() || element == nullptr)
        throw Unusable{dataset.tagExists(DCM_FloatPixelData) || dataset.tagExists(DCM_DoubleFloatPixelData)
                           ? "has floating-point pixels; integer pixels are needed"
                           : "has no pixel data"};
    std::int64_t const declared = std::int64_t(columns) * rows * frames * (bits_allocated / 8);
    auto* const pixels = dynamic_cast<DcmPixelData*>(element);
    if (pixels == nullptr) throw Unusable{"has pixel data of an unknown kind"};

    E_TransferSyntax syntax = EXS_Unknown;
    DcmRepresentationParameter const* parameter = nullptr;
    pixels->getOriginalRepresentationKey(syntax, parameter);
    DcmXfer const transfer{syntax};
    if (!transfer.isEncapsulated()) {
        std::int64_t const present = std::int64_t(element->getLength(EXS_LittleEndianExplicit));
        if (present < declared)
            throw Unusable{
                fmt::format("needs {} bytes of pixel data for {} x {} pixels in {} frame(s), but holds {}: the file is "
                            "truncated or its header wrong",
                            declared, columns, rows, frames, present)};
        return;
    }
    DcmPixelSequence* fragments = nullptr;
    if (pixels->getEncapsulatedRepresentation(syntax, parameter, fragments).bad() || fragments == nullptr)
        throw Unusable{"has no readable compressed pixel data"};
    std::int64_t packed = 0;
    for (DcmObject* item = nullptr; (item = fragments->nextInContainer(item)) != nullptr;)
        packed += std::int64_t(item->getLength());
    if (fragments->card() < 2 || packed == 0) throw Unusable{"has no pixel data"};
    if (fragments->card() - 1 < static_cast<unsigned long>(frames))
        throw Unusable{fmt::format("has {} frames, but compressed data for {}", frames, fragments->card() - 1)};
    if (double(declared) > double(packed) * most_packing)
        throw Unusable{
            fmt::format("needs {} bytes for its pixels, which {} compressed bytes cannot hold", declared, packed)};
}

/// A unit vector, forgiving rounding in the file but nothing more.
Vec3 unit_vector(double x, double y, double z)
{
    Vec3 const v{x, y, z};
    double const length = glm::length(v);
    if (!(length > 0.99 && length < 1.01)) throw Unusable{"has an Image Orientation that is no pair of unit vectors"};
    return v / length;
}

void read_geometry(FrameView const& view, CtPlane& plane)
{
    auto const position =
        numbers<3>(view.holder(DCM_PlanePositionSequence, DCM_ImagePositionPatient), DCM_ImagePositionPatient);
    if (!position) throw Unusable{"has no Image Position (Patient), so its place in the body is unknown"};
    auto const orientation =
        numbers<6>(view.holder(DCM_PlaneOrientationSequence, DCM_ImageOrientationPatient), DCM_ImageOrientationPatient);
    if (!orientation) throw Unusable{"has no Image Orientation (Patient), so left and right are unknown"};
    auto const spacing = numbers<2>(view.holder(DCM_PixelMeasuresSequence, DCM_PixelSpacing), DCM_PixelSpacing);
    if (!spacing) throw Unusable{"has no Pixel Spacing, so its size is unknown"};

    for (double const mm : *position)
        if (std::abs(mm) > 100'000) throw Unusable{fmt::format("lies {} mm from the origin", mm)};
    for (double const mm : *spacing)
        if (!(mm >= 0.01 && mm <= 20))
            throw Unusable{fmt::format("has a pixel spacing of {} mm; 0.01 to 20 mm can be used", mm)};
    auto const& o = *orientation;
    plane.position_mm = {(*position)[0], (*position)[1], (*position)[2]};
    plane.along_row = unit_vector(o[0], o[1], o[2]);
    Vec3 const down = unit_vector(o[3], o[4], o[5]);
    double const skew = glm::dot(plane.along_row, down);
    if (std::abs(skew) > 0.01)
        throw Unusable{"has an Image Orientation whose rows and columns are not at right angles"};
    plane.along_column = glm::normalize(down - skew * plane.along_row);
    // PS3.3 10.7.1.3: the first value is the distance between rows.
    plane.row_spacing_mm = (*spacing)[0];
    plane.column_spacing_mm = (*spacing)[1];
}

/// False if slope and intercept had to be assumed.
bool read_rescale(FrameView const& view, CtPlane& plane)
{
    auto& holder = view.holder(DCM_PixelValueTransformationSequence, DCM_RescaleIntercept);
    std::string const type = text(holder, DCM_RescaleType);
    if (!type.empty() && type != "HU" && type != "HU_MOD" && type != "US")
        throw Unusable{"is measured in '" + type.substr(0, 16) + "', not in Hounsfield units"};
    auto const intercept = number(holder, DCM_RescaleIntercept);
    auto const slope = number(holder, DCM_RescaleSlope);
    if (!intercept && !slope) {
        if (!plane.format.is_signed)
            throw Unusable{"has no Rescale Slope and Intercept, so its Hounsfield units are unknown"};
        return false;
    }
    plane.intercept = intercept.value_or(0);
    plane.slope = slope.value_or(1);
    if (!(plane.slope > 1e-6 && plane.slope < 1e6) || std::abs(plane.intercept) > 1e7)
        throw Unusable{fmt::format("has Rescale Slope {} and Intercept {}, which give no Hounsfield units", plane.slope,
                                   plane.intercept)};
    return true;
}

void read_traits(FrameView const& view, CtPlane& plane)
{
    auto const trait = [&](Trait t) -> std::string& { return plane.traits[std::size_t(t)]; };
    auto const at = [&](DcmTagKey const& group, DcmTagKey const& tag) { return text(view.holder(group, tag), tag); };
    trait(Trait::acquisition) = at(DCM_FrameContentSequence, DCM_AcquisitionNumber) + "|" +
                                at(DCM_FrameContentSequence, DCM_FrameAcquisitionNumber) + "|" +
                                at(DCM_FrameContentSequence, DCM_StackID);
    trait(Trait::phase) = at(DCM_FrameContentSequence, DCM_TriggerTime) + "|" +
                          at(DCM_FrameContentSequence, DCM_TemporalPositionIdentifier) + "|" +
                          at(DCM_FrameContentSequence, DCM_TemporalPositionIndex) + "|" +
                          at(DCM_CardiacSynchronizationSequence, DCM_NominalPercentageOfCardiacPhase) + "|" +
                          at(DCM_RespiratorySynchronizationSequence, DCM_NominalPercentageOfRespiratoryPhase);
    trait(Trait::image_type) =
        at(DCM_FrameContentSequence, DCM_ImageType) + "|" + at(DCM_CTImageFrameTypeSequence, DCM_FrameType);
    trait(Trait::kernel) = at(DCM_CTReconstructionSequence, DCM_ConvolutionKernel);
    trait(Trait::contrast) = at(DCM_ContrastBolusUsageSequence, DCM_ContrastBolusAgent) + "|" +
                             at(DCM_ContrastBolusUsageSequence, DCM_ContrastBolusAgentAdministered);
    plane.tube_voltage_kv = number(view.holder(DCM_CTXRayDetailsSequence, DCM_KVP), DCM_KVP).value_or(0);
    if (!(plane.tube_voltage_kv >= 20 && plane.tube_voltage_kv <= 250)) plane.tube_voltage_kv = 0;
}

/// Projections and renderings that carry CT's SOP class without being cross-sections.
std::string not_a_cross_section(std::string const& image_type)
{
    for (char const* word : {"LOCALIZER", "SCOUT", "TOPOGRAM"})
        if (image_type.find(word) != std::string::npos) return "a localizer|localizers";
    for (char const* word : {"\\MIP", "\\MINIP", "\\MIN_IP", "PROJECTION IMAGE", "VOLUME RENDERING", "\\VRT"})
        if (image_type.find(word) != std::string::npos) return "a projection or rendering|projections or renderings";
    return {};
}

void read_planes(DcmDataset& dataset, int index, FileContent& content)
{
    CtPlane common;
    common.file = index;
    std::string const photometric = text(dataset, DCM_PhotometricInterpretation);
    auto const samples = number(dataset, DCM_SamplesPerPixel).value_or(1);
    if (samples != 1 || (!photometric.empty() && !photometric.starts_with("MONOCHROME")))
        throw Unusable{"is a colour picture; a CT has one value per pixel"};
    common.columns = required_int(dataset, DCM_Columns, "Columns", 2, most_columns);
    common.rows = required_int(dataset, DCM_Rows, "Rows", 2, most_columns);
    bool const is_multi_frame = dataset.tagExists(DCM_NumberOfFrames);
    int const frames =
        is_multi_frame ? required_int(dataset, DCM_NumberOfFrames, "Number of Frames", 1, most_frames) : 1;
    common.format = read_sample_format(dataset);
    check_pixel_data(dataset, common.columns, common.rows, frames, common.format.bits_allocated);

    common.series = text(dataset, DCM_SeriesInstanceUID);
    common.series_number = long(std::lround(std::clamp(number(dataset, DCM_SeriesNumber).value_or(0), -1e9, 1e9)));
    common.series_name =
        fmt::format("series {} '{}'", common.series_number, shown_text(dataset, DCM_SeriesDescription));
    common.instance = long(std::lround(std::clamp(number(dataset, DCM_InstanceNumber).value_or(0), -1e9, 1e9)));
    std::string const patient_position = text(dataset, DCM_PatientPosition);
    if (patient_position.size() <= 4 &&
        std::all_of(patient_position.begin(), patient_position.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        common.patient_position = patient_position;

    DcmItem* shared = nullptr;
    dataset.findAndGetSequenceItem(DCM_SharedFunctionalGroupsSequence, shared);
    DcmSequenceOfItems* per_frame = nullptr;
    dataset.findAndGetSequence(DCM_PerFrameFunctionalGroupsSequence, per_frame);
    if (frames > 1 && (per_frame == nullptr || per_frame->card() != static_cast<unsigned long>(frames)))
        throw Unusable{fmt::format("has {} frames, but says where {} of them lie", frames,
                                   per_frame == nullptr ? 0 : per_frame->card())};

    // Items of a DCMTK sequence are a list: walked once, not fetched by number.
    DcmObject* item = nullptr;
    for (int frame = 0; frame < frames; ++frame) {
        if (per_frame != nullptr) item = per_frame->nextInContainer(item);
        FrameView const view{dataset, dynamic_cast<DcmItem*>(item), shared};
        CtPlane plane = common;
        plane.frame = frame;
        if (frames > 1) plane.instance = frame + 1;
        read_traits(view, plane);
        if (auto const object = not_a_cross_section(plane.traits[std::size_t(Trait::image_type)]); !object.empty()) {
            content.object = object;
            continue;
        }
        read_geometry(view, plane);
        if (!read_rescale(view, plane)) content.assumed_rescale = true;
        content.planes.push_back(std::move(plane));
    }
    content.kind = content.planes.empty() ? FileContent::Kind::left_out : FileContent::Kind::ct;
}

} // namespace

FileContent read_header(std::filesystem::path const& file, int index)
{
    FileContent content;
    DicomFile const dicom{file};
    if (!dicom.is_dicom()) return content;
    DcmDataset& dataset = dicom.dataset();
    std::string const sop_class = text(dataset, DCM_SOPClassUID);
    std::string const modality = text(dataset, DCM_Modality);
    if (dataset.tagExists(DCM_DirectoryRecordSequence)) return content;
    if (!dicom.problem().empty() && sop_class.empty() && modality.empty()) {
        content.kind = FileContent::Kind::unusable_ct;
        content.reason = "is damaged (" + dicom.problem() + ")";
        return content;
    }
    content.object = object_key(sop_class, modality);
    if (!content.object.empty()) {
        content.kind = FileContent::Kind::other_object;
        return content;
    }
    try {
        if (!dicom.problem().empty()) throw Unusable{"is damaged or truncated (" + dicom.problem() + ")"};
        read_planes(dataset, index, content);
    } catch (Unusable const& unusable) {
        content.kind = FileContent::Kind::unusable_ct;
        content.reason = unusable.reason;
        content.planes.clear();
    }
    return content;
}

} // namespace fluoro
