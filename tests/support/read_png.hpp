#pragma once
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fluoro/image/image.hpp>
#include <memory>
#include <png.h>
#include <stdexcept>
#include <vector>

namespace fluoro {

/// A grey PNG as libpng itself reads it, without any conversion.
struct GreyPng {
    int bits = 0;
    Image<std::uint16_t> image;
};

inline GreyPng read_grey_png(std::filesystem::path const& file)
{
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const in{std::fopen(file.c_str(), "rb"), &std::fclose};
    if (!in) throw std::runtime_error{"no such picture: " + file.string()};
    png_structp png = png_create_read_struct(
        PNG_LIBPNG_VER_STRING, nullptr,
        [](png_structp, png_const_charp why) { throw std::runtime_error{std::string{"libpng: "} + why}; }, nullptr);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, in.get());
    png_read_info(png, info);
    if (png_get_color_type(png, info) != PNG_COLOR_TYPE_GRAY) throw std::runtime_error{"not a grey picture"};
    GreyPng result{png_get_bit_depth(png, info),
                   {int(png_get_image_width(png, info)), int(png_get_image_height(png, info))}};
    std::vector<png_byte> row(png_get_rowbytes(png, info));
    for (int y = 0; y < result.image.rows; ++y) {
        png_read_row(png, row.data(), nullptr);
        for (int x = 0; x < result.image.columns; ++x) {
            auto const at = std::size_t(x);
            result.image.at(x, y) =
                result.bits == 16 ? std::uint16_t(row[2 * at] << 8 | row[2 * at + 1]) : std::uint16_t(row[at]);
        }
    }
    png_read_end(png, nullptr);
    png_destroy_read_struct(&png, &info, nullptr);
    return result;
}

} // namespace fluoro
