#pragma once
// What each subcommand was asked, and the functions that do it. main.cpp fills these from the command line.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fluoro {

struct RunRequest {
    std::string scenario;
    std::string patient; ///< instead of the scenario's; empty = the scenario's
    bool headless = false;
    bool realtime = false;     ///< headless: keep pace with the wall clock
    std::string operator_name; ///< empty = demo when headless
    std::optional<std::uint64_t> seed;
    std::string out; ///< run folder; empty = runs/<time>-<scenario>
    std::string scatter = "kernel";
    std::string device;
    double ui_scale = 1;
    std::vector<std::string> command_line;
};
int run_scenario(RunRequest const& request);

struct RenderRequest {
    std::string patient;
    double lao_deg = 0, cran_deg = 0;
    double sid_mm = 1000, sod_mm = 750;
    std::string target; ///< X,Y,Z or a landmark; empty = centre of the grid
    double fov_mm = 200;
    int size_px = 512;
    std::optional<double> kv, mas;
    double copper_mm = 0;
    std::string scatter = "kernel";
    double precision = 0.01;
    std::string grid = "in";
    std::string table = "out";
    std::string detector = "csi";
    std::string noise = "on";
    std::vector<double> phase;            ///< cardiac, respiratory
    std::optional<double> inspiration_mm; ///< way of the right dome into a held breath
    bool remove_couch = false;
    std::uint64_t seed = 1;
    std::string device;
    std::string out, thickness, signal, geometry, dose;
};
int run_render(RenderRequest const& request);

struct BeamRequest {
    double kv = 80;
    double copper_mm = 0, aluminium_mm = 0;
    std::string through;  ///< NAME:MM or NAME:Xmg/cm2, comma separated
    std::string spectrum; ///< CSV to write
    bool json = false;
};
int run_beam(BeamRequest const& request);

struct ImportRequest {
    std::vector<std::string> ct;
    std::string labels;
    bool remove_couch = false;
    std::string out;
    std::string mesh;                    ///< surface to put into the patient; empty = none
    std::string material = "titanium";   ///< of the surface's inside
    std::string unit = "mm";             ///< of the surface's numbers
    std::vector<double> at_mm, turn_deg; ///< where its middle goes, turned how; empty = as it lies
    std::string label = "object";        ///< in the label map, where there is one
};
int run_import(ImportRequest const& request);

struct PhantomRequest {
    std::string name;
    std::vector<std::string> set; ///< KEY=VALUE
    double spacing_mm = 1;
    std::string region = "trunk";
    std::string out;
    std::string ct, labels; ///< NIfTI to write; empty = none
    bool list_options = false;
};
int run_phantom(PhantomRequest const& request);

struct FitRequest {
    std::string patient;
    std::string landmarks;        ///< YAML; empty = none
    std::string labels;           ///< label map, when the patient is a CT of another program
    std::string sex;              ///< male, female; empty = guessed by size
    std::vector<std::string> set; ///< KEY=VALUE
    bool remove_couch = false;
    bool keep_contrast = false;
    bool ct_only = false; ///< do not continue the body beyond the CT
    std::string report, found, out;
};
int run_fit(FitRequest const& request);

struct BenchRequest {
    std::string name; ///< empty = all
    std::string patient;
    std::string json;
    std::string device;
    int frames = 60;
};
int run_bench(BenchRequest const& request);

int run_doctor();

struct CheckRequest {
    std::vector<std::string> scenarios;
};
int run_check(CheckRequest const& request);

} // namespace fluoro
