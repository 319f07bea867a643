#include "jpeg2000.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <openjpeg.h>

namespace fluoro {
namespace {

// A slice has one tile, seldom sixteen; each costs tables.
constexpr std::uint64_t most_tiles = 1024;

struct Reader {
    std::span<std::uint8_t const> bytes;
    std::size_t at = 0;
};

OPJ_SIZE_T read_bytes(void* buffer, OPJ_SIZE_T count, void* user)
{
    auto& reader = *static_cast<Reader*>(user);
    std::size_t const taken = std::min<std::size_t>(count, reader.bytes.size() - reader.at);
    if (taken == 0) return static_cast<OPJ_SIZE_T>(-1);
    std::memcpy(buffer, reader.bytes.data() + reader.at, taken);
    reader.at += taken;
    return taken;
}

OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void* user)
{
    auto& reader = *static_cast<Reader*>(user);
    if (count < 0) return -1;
    auto const taken = std::min<std::uint64_t>(std::uint64_t(count), reader.bytes.size() - reader.at);
    if (taken == 0 && count > 0) return -1;
    reader.at += std::size_t(taken);
    return OPJ_OFF_T(taken);
}

OPJ_BOOL seek_bytes(OPJ_OFF_T place, void* user)
{
    auto& reader = *static_cast<Reader*>(user);
    if (place < 0 || std::uint64_t(place) > reader.bytes.size()) return OPJ_FALSE;
    reader.at = std::size_t(place);
    return OPJ_TRUE;
}

void keep_message(char const* message, void* user)
{
    auto& kept = *static_cast<std::string*>(user);
    if (!kept.empty()) return;
    for (char const* c = message; *c != '\0' && kept.size() < 120; ++c)
        if (*c >= 0x20 && *c < 0x7f) kept += *c;
}

void be_silent(char const*, void*) {}

// The library's stream and codec are both `void*` underneath: overloads could not tell them apart.
struct ReleaseStream {
    void operator()(opj_stream_t* stream) const { opj_stream_destroy(stream); }
};
struct ReleaseCodec {
    void operator()(opj_codec_t* codec) const { opj_destroy_codec(codec); }
};
struct ReleaseImage {
    void operator()(opj_image_t* image) const { opj_image_destroy(image); }
};

Jpeg2000Picture refused(std::string const& problem)
{
    return {.precision = 0, .raw = {}, .problem = problem};
}

std::uint64_t tile_count(opj_codec_t* codec)
{
    opj_codestream_info_v2_t* info = opj_get_cstr_info(codec);
    if (info == nullptr) return 0;
    std::uint64_t const count = std::uint64_t(info->tw) * info->th;
    opj_destroy_cstr_info(&info);
    return count;
}

} // namespace

Jpeg2000Picture decode_jpeg2000(std::span<std::uint8_t const> bytes, int columns, int rows)
{
    // Some writers wrap the codestream in a JP2 file, against PS3.5; its first box is known by these bytes.
    static constexpr std::uint8_t jp2_signature[] = {0, 0, 0, 12, 'j', 'P', ' ', ' '};
    bool const is_jp2 =
        bytes.size() >= sizeof jp2_signature && std::memcmp(bytes.data(), jp2_signature, sizeof jp2_signature) == 0;

    Reader reader{.bytes = bytes};
    std::unique_ptr<opj_stream_t, ReleaseStream> const stream{opj_stream_create(64 * 1024, OPJ_TRUE)};
    std::unique_ptr<opj_codec_t, ReleaseCodec> const codec{
        opj_create_decompress(is_jp2 ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K)};
    if (!stream || !codec) return refused("the JPEG 2000 decoder could not be started");
    opj_stream_set_read_function(stream.get(), read_bytes);
    opj_stream_set_skip_function(stream.get(), skip_bytes);
    opj_stream_set_seek_function(stream.get(), seek_bytes);
    opj_stream_set_user_data(stream.get(), &reader, nullptr);
    opj_stream_set_user_data_length(stream.get(), bytes.size());
    std::string message;
    opj_set_error_handler(codec.get(), keep_message, &message);
    opj_set_warning_handler(codec.get(), be_silent, nullptr);
    opj_set_info_handler(codec.get(), be_silent, nullptr);
    auto const because = [&](std::string const& what) { return message.empty() ? what : what + ": " + message; };

    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_image_t* raw_image = nullptr;
    bool const has_header =
        opj_setup_decoder(codec.get(), &parameters) && opj_read_header(stream.get(), codec.get(), &raw_image);
    std::unique_ptr<opj_image_t, ReleaseImage> const image{raw_image};
    if (!has_header || !image) return refused(because("its JPEG 2000 header cannot be read"));

    if (image->numcomps != 1)
        return refused("its JPEG 2000 picture has " + std::to_string(image->numcomps) + " components instead of 1");
    auto const& component = image->comps[0];
    bool const has_size = image->x1 - image->x0 == OPJ_UINT32(columns) && image->y1 - image->y0 == OPJ_UINT32(rows) &&
                          component.w == OPJ_UINT32(columns) && component.h == OPJ_UINT32(rows);
    if (!has_size)
        return refused("its JPEG 2000 picture is " + std::to_string(component.w) + " x " + std::to_string(component.h) +
                       " pixels, its header says " + std::to_string(columns) + " x " + std::to_string(rows));
    if (component.prec < 1 || component.prec > 32)
        return refused("its JPEG 2000 picture has " + std::to_string(component.prec) + " bits per pixel");
    if (tile_count(codec.get()) > most_tiles) return refused("its JPEG 2000 picture has more than 1024 tiles");

    // A slice cut short would come back as a smooth guess.
    opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE);
    if (!opj_decode(codec.get(), stream.get(), image.get())) return refused(because("its JPEG 2000 data are damaged"));
    auto const& decoded = image->comps[0];
    if (decoded.data == nullptr || decoded.w != OPJ_UINT32(columns) || decoded.h != OPJ_UINT32(rows))
        return refused(because("its JPEG 2000 data are incomplete"));

    Jpeg2000Picture picture;
    picture.precision = int(decoded.prec);
    std::uint32_t const mask = decoded.prec >= 32 ? 0xffffffffu : (1u << decoded.prec) - 1u;
    std::size_t const count = std::size_t(columns) * std::size_t(rows);
    picture.raw.resize(count);
    for (std::size_t i = 0; i < count; ++i) picture.raw[i] = std::uint32_t(decoded.data[i]) & mask;
    return picture;
}

} // namespace fluoro
