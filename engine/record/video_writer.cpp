#include "video_writer.hpp"
#include "durable_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <optional>
#include <utility>
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
}

namespace fluoro {
namespace {

constexpr AVRational tick_length{1, ticks_per_second};

struct Freer {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(AVFormatContext* container) const
    {
        avio_closep(&container->pb);
        avformat_free_context(container);
    }
};

/// Full-range grey to the luma of limited-range video (16 .. 235), which every player expects.
std::array<std::uint8_t, 256> video_luma()
{
    std::array<std::uint8_t, 256> table{};
    for (int grey = 0; grey < 256; ++grey) table[std::size_t(grey)] = std::uint8_t(16 + (grey * 219 + 127) / 255);
    return table;
}

} // namespace

struct VideoWriter::Impl {
    Impl(std::filesystem::path const& target, int columns_, int rows_, std::string const& encoder_name)
        : file{target}, part{target.string() + ".part"}, columns{columns_}, rows{rows_}
    {
        FLUORO_EXPECT(columns > 0 && rows > 0);
        // Failures reach us as return values; the library's own lines would only disturb the program's output.
        av_log_set_level(AV_LOG_QUIET);
        AVCodec const* const codec = avcodec_find_encoder_by_name(encoder_name.c_str());
        if (!codec) throw Error{"the video encoder '" + encoder_name + "' is not installed", Error::Kind::failed};
        open_encoder(codec);
        open_container();
    }
    ~Impl()
    {
        container.reset();
        std::error_code error;
        if (!part.empty()) std::filesystem::remove(part, error);
    }
    Impl(Impl const&) = delete;
    Impl& operator=(Impl const&) = delete;

    void open_encoder(AVCodec const* codec)
    {
        encoder.reset(avcodec_alloc_context3(codec));
        frame.reset(av_frame_alloc());
        packet.reset(av_packet_alloc());
        if (!encoder || !frame || !packet) check(AVERROR(ENOMEM));
        encoder->width = (columns + 1) / 2 * 2;
        encoder->height = (rows + 1) / 2 * 2;
        encoder->pix_fmt = AV_PIX_FMT_YUV420P;
        encoder->time_base = tick_length;
        encoder->color_range = AVCOL_RANGE_MPEG;
        encoder->color_primaries = AVCOL_PRI_BT709;
        encoder->color_trc = AVCOL_TRC_BT709;
        encoder->colorspace = AVCOL_SPC_BT709;
        encoder->gop_size = 30;
        encoder->max_b_frames = 0; // pictures leave in the order of their durations
        encoder->thread_count = 1; // the machine's cores belong to the simulation
        encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
        // Quality 18 keeps the quantum noise: it is part of what a trainee learns to read. Encoders other than x264
        // know neither option and use their own.
        av_opt_set(encoder->priv_data, "preset", "veryfast", 0);
        av_opt_set(encoder->priv_data, "crf", "18", 0);
        check(avcodec_open2(encoder.get(), codec, nullptr));
        frame->format = encoder->pix_fmt;
        frame->width = encoder->width;
        frame->height = encoder->height;
        check(av_frame_get_buffer(frame.get(), 0));
    }

    void open_container()
    {
        // "file:" keeps a colon in the name from being read as a protocol.
        std::string const address = "file:" + part.string();
        AVFormatContext* opened = nullptr;
        check(avformat_alloc_output_context2(&opened, nullptr, "mp4", address.c_str()));
        container.reset(opened);
        container->flags |= AVFMT_FLAG_BITEXACT;
        stream = avformat_new_stream(container.get(), nullptr);
        if (!stream) check(AVERROR(ENOMEM));
        check(avcodec_parameters_from_context(stream->codecpar, encoder.get()));
        stream->time_base = tick_length;
        check(avio_open(&container->pb, address.c_str(), AVIO_FLAG_WRITE));
        AVDictionary* options = nullptr;
        av_dict_set(&options, "movflags", "+faststart", 0);
        int const result = avformat_write_header(container.get(), &options);
        av_dict_free(&options);
        check(result);
    }

    void check(int result) const
    {
        if (result >= 0) return;
        std::array<char, AV_ERROR_MAX_STRING_SIZE> reason{};
        av_strerror(result, reason.data(), reason.size());
        throw Error{"the video '" + file.string() + "' could not be written: " + reason.data(), Error::Kind::failed};
    }

    void paint(Image<std::uint8_t> const& picture)
    {
        static std::array<std::uint8_t, 256> const luma = video_luma();
        check(av_frame_make_writable(frame.get()));
        for (int y = 0; y < frame->height; ++y) {
            std::uint8_t* const line = frame->data[0] + std::ptrdiff_t(y) * frame->linesize[0];
            for (int x = 0; x < frame->width; ++x)
                line[x] = luma[picture.at(std::min(x, columns - 1), std::min(y, rows - 1))];
        }
        for (int plane : {1, 2})
            for (int y = 0; y < frame->height / 2; ++y)
                std::fill_n(frame->data[plane] + std::ptrdiff_t(y) * frame->linesize[plane], frame->width / 2,
                            std::uint8_t{128}); // no colour
    }

    /// Encodes the waiting picture, now that it is known how long it was shown.
    void encode_waiting(Tick until)
    {
        paint(waiting->second);
        frame->pts = waiting->first - first;
        durations.push_back(until - waiting->first);
        check(avcodec_send_frame(encoder.get(), frame.get()));
        store_packets();
    }

    void store_packets()
    {
        for (;;) {
            int const result = avcodec_receive_packet(encoder.get(), packet.get());
            if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return;
            check(result);
            packet->stream_index = stream->index;
            packet->duration = durations.front();
            durations.pop_front();
            av_packet_rescale_ts(packet.get(), tick_length, stream->time_base);
            check(av_write_frame(container.get(), packet.get()));
            av_packet_unref(packet.get());
        }
    }

    std::filesystem::path file, part;
    int columns, rows;
    std::unique_ptr<AVCodecContext, Freer> encoder;
    std::unique_ptr<AVFrame, Freer> frame;
    std::unique_ptr<AVPacket, Freer> packet;
    std::unique_ptr<AVFormatContext, Freer> container;
    AVStream* stream = nullptr;
    std::optional<std::pair<Tick, Image<std::uint8_t>>> waiting;
    std::deque<Tick> durations; ///< of the pictures inside the encoder, oldest first
    Tick first = 0;
};

VideoWriter::VideoWriter(std::filesystem::path const& file, int columns, int rows, std::string const& encoder)
    : impl_{std::make_unique<Impl>(file, columns, rows, encoder)}
{
}

VideoWriter::~VideoWriter() = default;

void VideoWriter::show(Tick tick, Image<std::uint8_t> picture)
{
    FLUORO_EXPECT(picture.columns == impl_->columns && picture.rows == impl_->rows);
    if (!impl_->waiting)
        impl_->first = tick;
    else if (impl_->waiting->first < tick)
        impl_->encode_waiting(tick);
    impl_->waiting.emplace(tick, std::move(picture));
}

void VideoWriter::close(Tick end)
{
    Impl& video = *impl_;
    if (video.waiting) video.encode_waiting(std::max(end, video.waiting->first + 1));
    video.check(avcodec_send_frame(video.encoder.get(), nullptr));
    video.store_packets();
    video.check(av_write_trailer(video.container.get()));
    video.check(avio_closep(&video.container->pb));
    rename_durably(video.part, video.file);
    video.part.clear();
}

bool has_video_encoder(std::string const& encoder)
{
    return avcodec_find_encoder_by_name(encoder.c_str()) != nullptr;
}

} // namespace fluoro
