#include "synthetic_dicom.hpp"

#include <atomic>
#include <cmath>
#include <cstring>
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <mutex>
#include <openjpeg.h>
#include <stdexcept>
#include <unistd.h>

namespace fluoro::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

void must(bool done, std::string const& what)
{
    if (!done) throw std::runtime_error{"synthetic DICOM: " + what};
}

void must(OFCondition const& result, std::string const& what)
{
    must(result.good(), what + ": " + result.text());
}

void put(DcmItem& item, DcmTagKey const& tag, std::string const& value)
{
    must(item.putAndInsertString(tag, value.c_str()), DcmTag{tag}.getTagName());
}

void put(DcmItem& item, DcmTagKey const& tag, int value)
{
    must(item.putAndInsertUint16(tag, Uint16(value)), DcmTag{tag}.getTagName());
}

std::string decimals(std::vector<double> const& values)
{
    return fmt::format("{:.9g}", fmt::join(values, "\\"));
}

E_TransferSyntax syntax_of(Encoding encoding)
{
    switch (encoding) {
    case Encoding::implicit_little:
        return EXS_LittleEndianImplicit;
    case Encoding::explicit_little:
        return EXS_LittleEndianExplicit;
    case Encoding::explicit_big:
        return EXS_BigEndianExplicit;
    case Encoding::deflated:
        return EXS_DeflatedLittleEndianExplicit;
    case Encoding::rle:
        return EXS_RLELossless;
    case Encoding::jpeg_lossless:
        return EXS_JPEGProcess14;
    case Encoding::jpeg_lossless_sv1:
        return EXS_JPEGProcess14SV1;
    case Encoding::jpeg_extended:
        return EXS_JPEGProcess2_4;
    case Encoding::jpeg_ls:
        return EXS_JPEGLSLossless;
    case Encoding::jpeg2000_lossless:
        return EXS_JPEG2000LosslessOnly;
    case Encoding::jpeg2000:
        return EXS_JPEG2000;
    }
    return EXS_Unknown;
}

void register_encoders()
{
    static std::once_flag once;
    std::call_once(once, [] {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        DcmRLEEncoderRegistration::registerCodecs();
        DJEncoderRegistration::registerCodecs();
        // The samples as they lie: "cooked" encoding extends the sign beyond the bits that the codestream declares.
        DJLSEncoderRegistration::registerCodecs(0, 0, 0, 0, OFFalse);
    });
}

/// Stored values of a slice, sign extended, in place of its bits.
std::vector<std::int64_t> stored_values(Slice const& slice)
{
    std::vector<std::int64_t> values;
    double const low = slice.is_signed ? -std::ldexp(1.0, slice.bits_stored - 1) : 0;
    double const high = std::ldexp(1.0, slice.is_signed ? slice.bits_stored - 1 : slice.bits_stored) - 1;
    for (int row = 0; row < slice.rows; ++row)
        for (int column = 0; column < slice.columns; ++column) {
            Vec3 const place = slice.position_mm + slice.along_row * (slice.column_spacing_mm * column) +
                               slice.along_column * (slice.row_spacing_mm * row);
            auto const set = slice.stored ? slice.stored(column, row) : std::nullopt;
            double const value = set ? *set : std::round((slice.hu(place) - slice.intercept) / slice.slope);
            values.push_back(std::int64_t(std::clamp(value, low, high)));
        }
    return values;
}

/// As they lie in a native little-endian frame.
Bytes native_bytes(Slice const& slice)
{
    Bytes bytes;
    int const shift = slice.high_bit.value_or(slice.bits_stored - 1) + 1 - slice.bits_stored;
    // Uncompressed files often carry the sign on above the stored bits; the JPEG family must not see more than those.
    bool const is_native = !DcmXfer{syntax_of(slice.encoding)}.isEncapsulated();
    std::uint64_t const mask = (std::uint64_t{1} << (is_native ? slice.bits_allocated : slice.bits_stored + shift)) - 1;
    for (int sample = 0; sample < slice.samples; ++sample)
        for (std::int64_t const value : stored_values(slice)) {
            std::uint64_t const raw = (std::uint64_t(value) << shift) & mask;
            for (int bit = 0; bit < slice.bits_allocated; bit += 8) bytes.push_back(std::uint8_t(raw >> bit));
        }
    if (bytes.size() % 2 != 0) bytes.push_back(0);
    return bytes;
}

struct Writer {
    Bytes bytes;
    std::size_t at = 0;
};

Bytes jpeg2000_codestream(Slice const& slice)
{
    bool const is_signed = slice.is_signed && slice.is_codestream_signed;
    opj_image_cmptparm_t component{};
    component.dx = component.dy = 1;
    component.w = OPJ_UINT32(slice.columns);
    component.h = OPJ_UINT32(slice.rows);
    component.prec = OPJ_UINT32(slice.bits_stored);
    component.sgnd = is_signed ? 1 : 0;
    opj_image_t* image = opj_image_create(1, &component, OPJ_CLRSPC_GRAY);
    must(image != nullptr, "JPEG 2000 image");
    image->x1 = OPJ_UINT32(slice.columns);
    image->y1 = OPJ_UINT32(slice.rows);
    auto const values = stored_values(slice);
    std::int64_t const mask = (std::int64_t{1} << slice.bits_stored) - 1;
    for (std::size_t i = 0; i < values.size(); ++i)
        image->comps[0].data[i] = OPJ_INT32(is_signed ? values[i] : values[i] & mask);

    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.numresolution = 3;
    parameters.tcp_numlayers = 1;
    parameters.cp_disto_alloc = 1;
    opj_codec_t* codec = opj_create_compress(OPJ_CODEC_J2K);
    must(opj_setup_encoder(codec, &parameters, image), "JPEG 2000 encoder");
    Writer writer;
    opj_stream_t* stream = opj_stream_create(4096, OPJ_FALSE);
    opj_stream_set_user_data(stream, &writer, nullptr);
    opj_stream_set_write_function(stream, [](void* data, OPJ_SIZE_T count, void* user) -> OPJ_SIZE_T {
        auto& out = *static_cast<Writer*>(user);
        out.bytes.resize(std::max(out.bytes.size(), out.at + count));
        std::memcpy(out.bytes.data() + out.at, data, count);
        out.at += count;
        return count;
    });
    opj_stream_set_skip_function(stream, [](OPJ_OFF_T count, void* user) -> OPJ_OFF_T {
        static_cast<Writer*>(user)->at += std::size_t(count);
        return count;
    });
    opj_stream_set_seek_function(stream, [](OPJ_OFF_T place, void* user) -> OPJ_BOOL {
        static_cast<Writer*>(user)->at = std::size_t(place);
        return OPJ_TRUE;
    });
    bool const done =
        opj_start_compress(codec, image, stream) && opj_encode(codec, stream) && opj_end_compress(codec, stream);
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(image);
    must(done, "JPEG 2000 encoding");
    if (writer.bytes.size() % 2 != 0) writer.bytes.push_back(0);
    return writer.bytes;
}

void put_geometry(DcmItem& position, DcmItem& orientation, DcmItem& measures, Slice const& slice)
{
    auto const& p = slice.position_mm;
    auto const& r = slice.along_row;
    auto const& c = slice.along_column;
    put(position, DCM_ImagePositionPatient, decimals({p.x, p.y, p.z}));
    put(orientation, DCM_ImageOrientationPatient, decimals({r.x, r.y, r.z, c.x, c.y, c.z}));
    put(measures, DCM_PixelSpacing, decimals({slice.row_spacing_mm, slice.column_spacing_mm}));
}

void put_rescale(DcmItem& item, Slice const& slice)
{
    put(item, DCM_RescaleSlope, decimals({slice.slope}));
    put(item, DCM_RescaleIntercept, decimals({slice.intercept}));
    put(item, DCM_RescaleType, "HU");
}

void put_common(DcmDataset& dataset, Slice const& slice)
{
    static std::atomic<int> counter = 0;
    put(dataset, DCM_ImageType, slice.image_type);
    if (!slice.sop_class.empty()) put(dataset, DCM_SOPClassUID, slice.sop_class);
    put(dataset, DCM_SOPInstanceUID, fmt::format("1.2.826.0.1.3680043.10.9.{}", ++counter));
    if (!slice.modality.empty()) put(dataset, DCM_Modality, slice.modality);
    put(dataset, DCM_SeriesDescription, slice.description);
    put(dataset, DCM_PatientName, "Somebody^Secret");
    put(dataset, DCM_PatientID, "4711-SECRET");
    put(dataset, DCM_KVP, "110");
    put(dataset, DCM_ConvolutionKernel, slice.kernel);
    put(dataset, DCM_PatientPosition, slice.patient_position);
    put(dataset, DCM_SeriesInstanceUID, slice.series);
    put(dataset, DCM_SeriesNumber, std::to_string(slice.series_number));
    put(dataset, DCM_AcquisitionNumber, std::to_string(slice.acquisition));
    put(dataset, DCM_InstanceNumber, std::to_string(slice.instance));
    put(dataset, DCM_SamplesPerPixel, slice.samples);
    put(dataset, DCM_PhotometricInterpretation, slice.photometric);
    if (slice.samples > 1) put(dataset, DCM_PlanarConfiguration, 1);
    put(dataset, DCM_Rows, slice.rows);
    put(dataset, DCM_Columns, slice.columns);
    put(dataset, DCM_BitsAllocated, slice.bits_allocated);
    put(dataset, DCM_BitsStored, slice.bits_stored);
    put(dataset, DCM_HighBit, slice.high_bit.value_or(slice.bits_stored - 1));
    put(dataset, DCM_PixelRepresentation, slice.is_signed ? 1 : 0);
    if (slice.padding) {
        DcmTag tag{DCM_PixelPaddingValue, slice.is_padding_vr_signed ? EVR_SS : EVR_US};
        DcmElement* element = nullptr;
        if (slice.is_padding_vr_signed) {
            auto* const value = new DcmSignedShort{tag};
            must(value->putSint16(Sint16(*slice.padding), 0), "padding");
            element = value;
        } else {
            auto* const value = new DcmUnsignedShort{tag};
            must(value->putUint16(*slice.padding, 0), "padding");
            element = value;
        }
        must(dataset.insert(element, OFTrue), "padding");
    }
}

void put_native(DcmDataset& dataset, Bytes const& bytes, int bits_allocated)
{
    if (bits_allocated == 8) {
        must(dataset.putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size()), "pixels");
        return;
    }
    std::vector<Uint16> words(bytes.size() / 2);
    std::memcpy(words.data(), bytes.data(), bytes.size());
    must(dataset.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()), "pixels");
}

void put_fragments(DcmDataset& dataset, E_TransferSyntax syntax, std::vector<Bytes> const& frames)
{
    auto* const sequence = new DcmPixelSequence{DcmTag{DCM_PixelSequenceTag}};
    sequence->insert(new DcmPixelItem{DcmTag{DCM_PixelItemTag}});
    for (auto const& frame : frames) {
        auto* const item = new DcmPixelItem{DcmTag{DCM_PixelItemTag}};
        must(item->putUint8Array(frame.data(), frame.size()), "fragment");
        sequence->insert(item);
    }
    auto* const pixels = new DcmPixelData{DcmTag{DCM_PixelData, EVR_OB}};
    pixels->putOriginalRepresentation(syntax, nullptr, sequence);
    must(dataset.insert(pixels, OFTrue), "pixels");
}

/// Rewrites compressed pixel data with two fragments per frame and an empty offset table.
void split_fragments(DcmDataset& dataset)
{
    DcmElement* element = nullptr;
    must(dataset.findAndGetElement(DCM_PixelData, element), "pixels");
    auto& pixels = dynamic_cast<DcmPixelData&>(*element);
    E_TransferSyntax syntax = EXS_Unknown;
    DcmRepresentationParameter const* parameter = nullptr;
    pixels.getCurrentRepresentationKey(syntax, parameter);
    DcmPixelSequence* whole = nullptr;
    must(pixels.getEncapsulatedRepresentation(syntax, parameter, whole), "fragments");
    std::vector<Bytes> halves;
    for (unsigned long i = 1; i < whole->card(); ++i) {
        DcmPixelItem* item = nullptr;
        Uint8* bytes = nullptr;
        must(whole->getItem(item, i), "fragment");
        must(item->getUint8Array(bytes), "fragment");
        std::size_t const half = item->getLength() / 4 * 2;
        halves.emplace_back(bytes, bytes + half);
        halves.emplace_back(bytes + half, bytes + item->getLength());
    }
    put_fragments(dataset, syntax, halves);
}

void put_pixels(DcmDataset& dataset, std::vector<Slice> const& frames)
{
    Encoding const encoding = frames.front().encoding;
    E_TransferSyntax const syntax = syntax_of(encoding);
    if (encoding == Encoding::jpeg2000 || encoding == Encoding::jpeg2000_lossless) {
        std::vector<Bytes> streams;
        for (auto const& frame : frames) streams.push_back(jpeg2000_codestream(frame));
        return put_fragments(dataset, syntax, streams);
    }
    Bytes bytes;
    for (auto const& frame : frames) {
        auto const own = native_bytes(frame);
        bytes.insert(bytes.end(), own.begin(), own.end());
    }
    // DCMTK writes 32-bit samples as 16-bit words; of a big-endian sample the high word comes first.
    if (frames.front().bits_allocated == 32 && encoding == Encoding::explicit_big)
        for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
            std::swap(bytes[i], bytes[i + 2]);
            std::swap(bytes[i + 1], bytes[i + 3]);
        }
    put_native(dataset, bytes, frames.front().bits_allocated);

    DJ_RPLossless const lossless{encoding == Encoding::jpeg_lossless ? 4 : 1, 0};
    DJ_RPLossy const lossy{95};
    DcmRepresentationParameter const* parameter = nullptr;
    if (encoding == Encoding::jpeg_lossless || encoding == Encoding::jpeg_lossless_sv1) parameter = &lossless;
    if (encoding == Encoding::jpeg_extended) parameter = &lossy;
    if (DcmXfer{syntax}.isEncapsulated()) must(dataset.chooseRepresentation(syntax, parameter), "encoding");
    if (frames.front().is_split) split_fragments(dataset);
    must(dataset.canWriteXfer(syntax), "encoding");
}

void save(DcmFileFormat& format, std::filesystem::path const& file, Slice const& slice)
{
    must(format.saveFile(file.c_str(), syntax_of(slice.encoding), EET_UndefinedLength, EGL_recalcGL, EPD_noChange, 0, 0,
                         slice.has_meta ? EWM_fileformat : EWM_dataset),
         file.string());
}

DcmItem& group(DcmItem& item, DcmTagKey const& tag)
{
    DcmItem* inner = nullptr;
    must(item.findOrCreateSequenceItem(tag, inner, 0), "functional group");
    return *inner;
}

} // namespace

double slanted_hu(Vec3 const& lps_mm)
{
    return -200 + 5 * lps_mm.x + 9 * lps_mm.y + 13 * lps_mm.z;
}

ScratchFolder::ScratchFolder()
{
    std::string name = (std::filesystem::temp_directory_path() / "fluoro-dicom-XXXXXX").string();
    must(mkdtemp(name.data()) != nullptr, "scratch folder");
    path_ = name;
}

ScratchFolder::~ScratchFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::vector<std::filesystem::path> ScratchFolder::files() const
{
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator{path_}) files.push_back(entry.path());
    return files;
}

void write_slice(std::filesystem::path const& file, Slice const& slice)
{
    register_encoders();
    DcmFileFormat format;
    DcmDataset& dataset = *format.getDataset();
    put_common(dataset, slice);
    put_geometry(dataset, dataset, dataset, slice);
    if (slice.has_rescale) put_rescale(dataset, slice);
    put_pixels(dataset, {slice});
    save(format, file, slice);
}

std::vector<Slice> stack(Slice const& first, int count, double step_mm, std::optional<Vec3> step)
{
    Vec3 const move = step.value_or(step_mm * glm::cross(first.along_row, first.along_column));
    std::vector<Slice> slices(std::size_t(count), first);
    for (int i = 0; i < count; ++i) {
        slices[std::size_t(i)].position_mm += double(i) * move;
        slices[std::size_t(i)].instance = first.instance + i;
    }
    return slices;
}

void write_all(ScratchFolder const& folder, std::vector<Slice> const& slices)
{
    std::size_t const before = folder.files().size();
    for (std::size_t i = 0; i < slices.size(); ++i)
        write_slice(folder.path() / fmt::format("image-{:04}.dcm", before + i), slices[i]);
}

void write_enhanced(std::filesystem::path const& file, std::vector<Slice> const& frames)
{
    register_encoders();
    DcmFileFormat format;
    DcmDataset& dataset = *format.getDataset();
    Slice common = frames.front();
    common.sop_class = "1.2.840.10008.5.1.4.1.1.2.1";
    put_common(dataset, common);
    put(dataset, DCM_NumberOfFrames, std::to_string(frames.size()));
    DcmItem& shared = group(dataset, DCM_SharedFunctionalGroupsSequence);
    DcmItem unused;
    put_geometry(unused, group(shared, DCM_PlaneOrientationSequence), group(shared, DCM_PixelMeasuresSequence), common);
    auto* const per_frame = new DcmSequenceOfItems{DcmTag{DCM_PerFrameFunctionalGroupsSequence}};
    must(dataset.insert(per_frame), "per-frame groups");
    for (auto const& frame : frames) {
        auto* const item = new DcmItem;
        must(per_frame->append(item), "frame");
        put_geometry(group(*item, DCM_PlanePositionSequence), unused, unused, frame);
        put_rescale(group(*item, DCM_PixelValueTransformationSequence), frame);
        put(group(*item, DCM_FrameContentSequence), DCM_StackID, std::to_string(frame.acquisition));
    }
    put_pixels(dataset, frames);
    save(format, file, common);
}

std::vector<std::uint8_t> file_bytes(std::filesystem::path const& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write_bytes(std::filesystem::path const& file, std::vector<std::uint8_t> const& bytes)
{
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out.write(reinterpret_cast<char const*>(bytes.data()), std::streamsize(bytes.size()));
}

Patient read_folder(ScratchFolder const& folder)
{
    return read_dicom(folder.files(), folder.path().string());
}

double hu_at(Patient const& patient, Vec3 const& lps_mm)
{
    Grid const& grid = patient.ct.grid;
    Vec3 const index = glm::transpose(grid.directions) * (lps_mm - grid.origin_mm) / grid.spacing_mm;
    double sum = 0;
    glm::ivec3 low;
    Vec3 part;
    for (int axis = 0; axis < 3; ++axis) {
        if (index[axis] < -1e-6 || index[axis] > grid.size[axis] - 1 + 1e-6)
            return std::numeric_limits<double>::quiet_NaN();
        low[axis] = std::clamp(int(std::floor(index[axis])), 0, grid.size[axis] - 2);
        part[axis] = index[axis] - low[axis];
    }
    for (int corner = 0; corner < 8; ++corner) {
        glm::ivec3 const at = low + glm::ivec3{corner & 1, corner >> 1 & 1, corner >> 2 & 1};
        double weight = 1;
        for (int axis = 0; axis < 3; ++axis) weight *= (corner >> axis & 1) != 0 ? part[axis] : 1 - part[axis];
        std::size_t const place =
            (std::size_t(at.z) * std::size_t(grid.size.y) + std::size_t(at.y)) * std::size_t(grid.size.x) +
            std::size_t(at.x);
        sum += weight * patient.ct.hu[place];
    }
    return sum;
}

std::string refusal(ScratchFolder const& folder)
{
    try {
        read_folder(folder);
    } catch (Error const& error) {
        return error.what();
    }
    return {};
}

bool has_note(Patient const& patient, std::string const& words)
{
    for (auto const& note : patient.origin.notes)
        if (note.find(words) != std::string::npos) return true;
    return false;
}

double worst_difference(Patient const& patient, std::function<double(Vec3 const&)> const& hu)
{
    Grid const& grid = patient.ct.grid;
    double worst = 0;
    std::size_t at = 0;
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i) {
                Vec3 const place =
                    grid.origin_mm + grid.directions * (grid.spacing_mm * Vec3{double(i), double(j), double(k)});
                worst = std::max(worst, std::abs(hu(place) - patient.ct.hu[at++]));
            }
    return worst;
}

} // namespace fluoro::test
