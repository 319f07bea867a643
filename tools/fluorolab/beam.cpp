#include "commands.hpp"
#include "json.hpp"

#include <charconv>
#include <cstdio>
#include <fluoro/core/error.hpp>
#include <fluoro/physics/beam.hpp>
#include <sstream>

namespace fluoro {
namespace {

/// "water:200" (millimetres at the material's density) or "iodine:30mg/cm2".
Layer parse_layer(std::string const& text)
{
    auto const wrong = [&](char const* why) {
        return Error{"--through '" + text + "': " + why +
                     "; write NAME:MM or NAME:Xmg/cm2, e.g. water:200 or iodine:30mg/cm2"};
    };
    auto const colon = text.find(':');
    if (colon == std::string::npos) throw wrong("no ':' between material and amount");
    MaterialId const id = find_material(text.substr(0, colon));
    char const* const begin = text.data() + colon + 1;
    char const* const end = text.data() + text.size();
    double amount = 0;
    auto const [stop, error] = std::from_chars(begin, end, amount);
    if (error != std::errc{} || !(amount >= 0) || amount > 1e7) throw wrong("the amount is no number from 0 up");
    std::string const unit{stop, end};
    if (unit.empty() || unit == "mm") return {id, 0.1 * amount * material(id).density_g_cm3};
    if (unit == "mg/cm2") return {id, 0.001 * amount};
    throw wrong("unknown unit");
}

std::vector<Layer> parse_layers(std::string const& text)
{
    std::vector<Layer> layers;
    if (text.ends_with(',')) throw Error{"--through '" + text + "': a layer is missing after the last comma"};
    std::stringstream list{text};
    for (std::string item; std::getline(list, item, ',');) layers.push_back(parse_layer(item));
    return layers;
}

} // namespace

int run_beam(BeamRequest const& request)
{
    Spectrum const beam =
        filtered_spectrum({TubeVoltage{request.kv}, Thickness{request.copper_mm}, Thickness{request.aluminium_mm}});
    double const hvl1 = aluminium_to_transmit(beam, 0.5).value();
    JsonFields fields{{"kv", request.kv},
                      {"copper_mm", request.copper_mm},
                      {"aluminium_mm", request.aluminium_mm},
                      {"inherent_al_mm", inherent_aluminium.value()},
                      {"hvl1_mm_al", hvl1},
                      {"hvl2_mm_al", aluminium_to_transmit(beam, 0.25).value() - hvl1},
                      {"mean_energy_kev", mean_energy_kev(beam)},
                      {"air_kerma_uGy_per_mAs_1m", 1000 * air_kerma_mGy_per_mas_1m(beam)},
                      {"fluence_per_mm2_per_mAs_1m", fluence_per_mm2_mas_1m(beam)}};
    Spectrum behind = beam;
    if (!request.through.empty()) {
        behind = attenuated(beam, parse_layers(request.through));
        fields.emplace_back("transmission_kerma", air_kerma_mGy_per_mas_1m(behind) / air_kerma_mGy_per_mas_1m(beam));
        fields.emplace_back("transmission_energy",
                            energy_fluence_kev_mm2_mas_1m(behind) / energy_fluence_kev_mm2_mas_1m(beam));
        fields.emplace_back("mean_energy_behind_kev", mean_energy_kev(behind));
    }
    if (!request.spectrum.empty()) {
        std::string csv = "energy_kev,fluence_per_mm2_kev_mas_1m,behind_layers\n";
        for (std::size_t i = 0; i < beam.energy_kev.size(); ++i) {
            char line[96];
            std::snprintf(line, sizeof line, "%.1f,%.6g,%.6g\n", double(beam.energy_kev[i]),
                          double(beam.fluence_per_mm2_kev_mas_1m[i]), double(behind.fluence_per_mm2_kev_mas_1m[i]));
            csv += line;
        }
        write_text(request.spectrum, csv);
    }
    if (request.json) {
        std::fputs(to_json(fields).c_str(), stdout);
    } else {
        for (auto const& [name, value] : fields) std::printf("%-28s %.6g\n", name.c_str(), std::get<double>(value));
    }
    return 0;
}

} // namespace fluoro
