#include "sample_run.hpp"

#include <gtest/gtest.h>
#include <scratch_folder.hpp>

#include <cmath>
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

using namespace fluoro;

namespace {

struct DecodedPicture {
    double at_s = 0;
    int columns = 0, rows = 0;
    double mean_luma = 0, mean_colour_offset = 0;
};
struct DecodedVideo {
    AVCodecID codec = AV_CODEC_ID_NONE;
    int pixel_format = 0;
    double duration_s = 0;
    std::vector<DecodedPicture> pictures;
};

double mean_of(AVFrame const& frame, int plane, int columns, int rows)
{
    double sum = 0;
    for (int y = 0; y < rows; ++y)
        for (int x = 0; x < columns; ++x) sum += frame.data[plane][std::ptrdiff_t(y) * frame.linesize[plane] + x];
    return sum / columns / rows;
}

DecodedVideo decode(std::filesystem::path const& file)
{
    AVFormatContext* container = nullptr;
    if (avformat_open_input(&container, file.c_str(), nullptr, nullptr) < 0) throw std::runtime_error{"not a video"};
    avformat_find_stream_info(container, nullptr);
    if (container->nb_streams != 1) throw std::runtime_error{"not one stream"};
    AVStream const* stream = container->streams[0];
    AVCodec const* codec = avcodec_find_decoder(stream->codecpar->codec_id);
    AVCodecContext* decoder = avcodec_alloc_context3(codec);
    avcodec_parameters_to_context(decoder, stream->codecpar);
    if (avcodec_open2(decoder, codec, nullptr) < 0) throw std::runtime_error{"no decoder"};
    DecodedVideo video{
        stream->codecpar->codec_id, stream->codecpar->format, double(container->duration) / AV_TIME_BASE, {}};
    AVPacket* packet = av_packet_alloc();
    AVFrame* frame = av_frame_alloc();
    bool is_at_end = false;
    while (!is_at_end) {
        is_at_end = av_read_frame(container, packet) < 0;
        avcodec_send_packet(decoder, is_at_end ? nullptr : packet);
        while (avcodec_receive_frame(decoder, frame) >= 0)
            video.pictures.push_back({double(frame->pts) * av_q2d(stream->time_base), frame->width, frame->height,
                                      mean_of(*frame, 0, frame->width, frame->height),
                                      mean_of(*frame, 1, frame->width / 2, frame->height / 2) - 128});
        av_packet_unref(packet);
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    avformat_close_input(&container);
    return video;
}

bool has_h264_encoder()
{
    return avcodec_find_encoder_by_name("libx264") != nullptr;
}

} // namespace

#define NEEDS_ENCODER()                                                                                                \
    if (!has_h264_encoder()) GTEST_SKIP() << "the encoder libx264 is not installed"

TEST(Video, shows_each_picture_at_its_tick_and_the_held_one_until_the_end)
{
    NEEDS_ENCODER();
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false}};
    // 7.5 pulses a second from tick 240; the last one is held from tick 272 to tick 632: 3 s.
    recorder.picture(240, sample_picture(0));
    recorder.picture(256, sample_picture(128));
    recorder.picture(272, sample_picture(255));
    ASSERT_TRUE(recorder.finish(632).empty());

    DecodedVideo const video = decode(scratch / "run/video.mp4");
    EXPECT_EQ(video.codec, AV_CODEC_ID_H264);
    EXPECT_EQ(video.pixel_format, AV_PIX_FMT_YUV420P);
    ASSERT_EQ(video.pictures.size(), 3u);
    // Ticks are exact in the container; its header counts milliseconds.
    EXPECT_NEAR(video.pictures[0].at_s, 0, 1e-9);
    EXPECT_NEAR(video.pictures[1].at_s, 16.0 / 120, 1e-9);
    EXPECT_NEAR(video.pictures[2].at_s, 32.0 / 120, 1e-9);
    EXPECT_NEAR(video.duration_s, 392.0 / 120, 0.001);
    // A flat picture costs the encoder nothing: what is left is rounding to one of 220 steps.
    EXPECT_NEAR(video.pictures[0].mean_luma, 16, 1);
    EXPECT_NEAR(video.pictures[1].mean_luma, 16 + 128 * 219.0 / 255, 1);
    EXPECT_NEAR(video.pictures[2].mean_luma, 235, 1);
    for (DecodedPicture const& picture : video.pictures) EXPECT_NEAR(picture.mean_colour_offset, 0, 1);
}

TEST(Video, keeps_every_picture_of_a_long_run)
{
    NEEDS_ENCODER();
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false}};
    int const count = 150;
    for (int i = 0; i < count; ++i) recorder.picture(8 * i, sample_picture(std::uint8_t(i)));
    ASSERT_TRUE(recorder.finish(8 * count).empty());
    DecodedVideo const video = decode(scratch / "run/video.mp4");
    ASSERT_EQ(video.pictures.size(), std::size_t(count));
    for (int i = 0; i < count; ++i) EXPECT_NEAR(video.pictures[std::size_t(i)].at_s, 8 * i / 120.0, 1e-9);
    EXPECT_NEAR(video.duration_s, 8 * count / 120.0, 0.001);
}

TEST(Video, has_its_index_in_front_so_that_it_plays_while_it_loads)
{
    NEEDS_ENCODER();
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false}};
    for (int i = 0; i < 10; ++i) recorder.picture(8 * i, sample_picture(std::uint8_t(20 * i)));
    ASSERT_TRUE(recorder.finish(80).empty());
    std::string const bytes = bytes_of(scratch / "run/video.mp4");
    ASSERT_NE(bytes.find("moov"), std::string::npos);
    EXPECT_LT(bytes.find("moov"), bytes.find("mdat"));
}

TEST(Video, an_odd_picture_is_widened_by_its_edge)
{
    NEEDS_ENCODER();
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false}};
    recorder.picture(0, sample_picture(255, 63, 47));
    ASSERT_TRUE(recorder.finish(8).empty());
    DecodedVideo const video = decode(scratch / "run/video.mp4");
    ASSERT_EQ(video.pictures.size(), 1u);
    EXPECT_EQ(video.pictures[0].columns, 64);
    EXPECT_EQ(video.pictures[0].rows, 48);
    EXPECT_NEAR(video.pictures[0].mean_luma, 235, 1) << "no dark rim";
}

TEST(Video, of_two_pictures_of_one_tick_the_later_is_shown)
{
    NEEDS_ENCODER();
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false}};
    recorder.picture(0, sample_picture(0));
    recorder.picture(8, sample_picture(0));
    recorder.picture(8, sample_picture(255));
    ASSERT_TRUE(recorder.finish(16).empty());
    DecodedVideo const video = decode(scratch / "run/video.mp4");
    ASSERT_EQ(video.pictures.size(), 2u);
    EXPECT_NEAR(video.pictures[1].mean_luma, 235, 1);
}

TEST(Video, same_pictures_give_the_same_bytes)
{
    NEEDS_ENCODER();
    test::ScratchFolder const scratch;
    for (char const* name : {"a", "b"}) {
        RunRecorder recorder{scratch / name, sample_info(), {.writes_frames = false}};
        for (int i = 0; i < 20; ++i) recorder.picture(8 * i, sample_picture(std::uint8_t(10 * i)));
        ASSERT_TRUE(recorder.finish(160).empty());
    }
    EXPECT_EQ(bytes_of(scratch / "a/video.mp4"), bytes_of(scratch / "b/video.mp4"));
}

TEST(Video, without_an_encoder_the_run_is_whole_and_a_note_says_so)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.video_encoder = "no-such-encoder"}};
    recorder.picture(0, sample_picture(9));
    EXPECT_TRUE(recorder.finish(8).empty());
    EXPECT_FALSE(recorder.has_trouble());
    std::vector<std::string> const messages = recorder.take_messages();
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_NE(messages[0].find("no-such-encoder"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(scratch / "run/video.mp4"));
    EXPECT_TRUE(std::filesystem::exists(scratch / "run/last.png"));
    EXPECT_NE(bytes_of(scratch / "run/run.json").find("no-such-encoder"), std::string::npos);
    EXPECT_NE(bytes_of(scratch / "run/run.json").find("\"state\": \"complete\""), std::string::npos);
}

TEST(Video, a_run_without_pictures_has_none)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info()};
    EXPECT_TRUE(recorder.finish(8).empty());
    EXPECT_FALSE(std::filesystem::exists(scratch / "run/video.mp4"));
    EXPECT_FALSE(std::filesystem::exists(scratch / "run/last.png"));
}
