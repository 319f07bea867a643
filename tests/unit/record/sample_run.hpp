#pragma once
#include <filesystem>
#include <fluoro/record/run_recorder.hpp>
#include <fstream>
#include <sstream>
#include <string>

namespace fluoro {

inline RunInfo sample_info()
{
    RunInfo info;
    info.program_version = "0.1.0";
    info.versions = {{"libvulkan", "1.3.239"}, {"patient", "a9f3"}};
    info.seed = 0xfedcba9876543210u; // beyond what a double holds
    info.scenario = "live.yaml";
    info.operator_name = "demo";
    info.patient = "head \"one\"";
    info.room_kind = "c-arm-suite";
    info.device = "llvmpipe";
    info.columns = 64;
    info.rows = 48;
    info.command_line = {"fluorolab", "run", "live.yaml", "--headless"};
    return info;
}

inline PulseEntry sample_pulse(int number, Tick tick)
{
    PulseEntry pulse;
    pulse.tick = tick;
    pulse.number = number;
    pulse.kv = 70 + number % 5;
    pulse.ma = 40 + 0.1 * number;
    pulse.pulse_ms = 5;
    pulse.copper_mm = 0.2;
    // Uneven on purpose: sums of these in double, in mGy, depend on their order.
    pulse.charge_nAs = nanoampere_seconds(CurrentTime{pulse.ma * pulse.pulse_ms / 1000});
    pulse.air_kerma_pGy = picograys(AirKerma{0.0123456 + 0.00100003 * (number % 101 * 79 % 101)});
    pulse.kap_pGy_cm2 = picogray_square_centimetres(KermaArea{0.00234567 + 1.00003e-5 * (number % 211 * 147 % 211)});
    pulse.primary_deg = 30 - number;
    pulse.secondary_deg = 0.3 * number;
    pulse.sid_mm = 1000 + number;
    pulse.table_longitudinal_mm = -12.5;
    pulse.table_lateral_mm = 3;
    pulse.table_height_mm = 1.0 / 3;
    pulse.field_mm = 200;
    pulse.blade_left_mm = -100;
    pulse.blade_right_mm = 90;
    pulse.blade_top_mm = -80;
    pulse.blade_bottom_mm = 70;
    pulse.field_cm2 = 285;
    pulse.pulse_rate = 7.5;
    pulse.programme = "fluoroscopy-low";
    pulse.dn_per_kev_mm2 = 0.14;
    pulse.focal_spot_mm = 0.5;
    pulse.is_grid_in = false;
    return pulse;
}

inline RawImage sample_frame(int number, int columns = 64, int rows = 48)
{
    RawImage raw;
    raw.digital_numbers = Image<std::uint16_t>{columns, rows};
    auto& values = raw.digital_numbers.values;
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = std::uint16_t((i * 40503u + unsigned(number) * 977u) >> 1);
    raw.dn_per_kev_mm2 = 0.1;
    raw.pixel_pitch_mm = 0.39;
    return raw;
}

inline Image<std::uint8_t> sample_picture(std::uint8_t grey, int columns = 64, int rows = 48)
{
    return Image<std::uint8_t>{columns, rows, grey};
}

inline std::string bytes_of(std::filesystem::path const& file)
{
    std::ifstream in{file, std::ios::binary};
    std::ostringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
}

inline void put_bytes(std::filesystem::path const& file, std::string const& bytes)
{
    std::filesystem::remove(file); // cutting an old file short makes some file systems wait for the disk
    std::ofstream{file, std::ios::binary} << bytes;
}

} // namespace fluoro
