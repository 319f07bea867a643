#include <fluoro/patient/importer.hpp>

#include <chrono>
#include <fluoro/patient/bundle.hpp>
#include <foreign_files.hpp>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>
#include <sys/stat.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

/// A cache of the test's own.
class Importer : public testing::Test {
protected:
    Importer() { ::setenv("XDG_CACHE_HOME", cache.path().c_str(), 1); }
    ~Importer() override { ::unsetenv("XDG_CACHE_HOME"); }

    std::filesystem::path small_ct(std::string const& name = "ct.nii")
    {
        return write_file(folder / name, nifti(small_grid(), voxels<std::int16_t>(small_grid())));
    }
    /// A stand-in for the worker: a shell script.
    std::filesystem::path worker(std::string const& script)
    {
        std::string const text = "#!/bin/sh\n" + script + "\n";
        auto const file = write_file(folder / "worker", Bytes(text.begin(), text.end()));
        ::chmod(file.c_str(), 0700);
        return file;
    }
    std::string failure(std::filesystem::path const& ct, ImportOptions const& options = {}, int exit_code = 2)
    {
        try {
            (void)import_ct(ct, options);
        } catch (Error const& error) {
            EXPECT_EQ(error.exit_code(), exit_code) << error.what();
            EXPECT_EQ(std::string{error.what()}.find('\n'), std::string::npos) << error.what();
            EXPECT_NE(std::string{error.what()}.find(ct.filename().string()), std::string::npos) << error.what();
            return error.what();
        }
        ADD_FAILURE() << "imported";
        return "";
    }
    std::size_t temporary_folders() const
    {
        std::size_t count = 0;
        for (auto const& entry : std::filesystem::directory_iterator{cache / "fluorolab"})
            count += entry.path().filename().string().starts_with("import-");
        return count;
    }

    ScratchFolder cache, folder;
};

bool contains(std::string const& text, std::string const& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_F(Importer, the_real_worker_hands_back_the_ct)
{
    Patient const patient = import_ct(small_ct(), {});
    EXPECT_EQ(patient.ct.grid.size, small_grid().size);
    EXPECT_EQ(patient.ct.hu.size(), small_grid().voxels());
    EXPECT_EQ(temporary_folders(), 0u);
}

TEST_F(Importer, a_missing_worker_is_named)
{
    EXPECT_TRUE(contains(failure(small_ct(), {.worker = "/no/such/worker"}, 1), "/no/such/worker"));
}

TEST_F(Importer, a_worker_killed_by_a_signal_is_a_clear_error)
{
    EXPECT_TRUE(contains(failure(small_ct(), {.worker = worker("kill -SEGV $$")}), "signal 11"));
    EXPECT_TRUE(contains(failure(small_ct(), {.worker = worker("kill -KILL $$")}), "signal 9"));
    EXPECT_EQ(temporary_folders(), 0u);
}

TEST_F(Importer, the_workers_last_line_becomes_the_message_without_control_codes)
{
    std::string const message =
        failure(small_ct(), {.worker = worker("echo noise >&2; printf 'evil \\033[2J \\007 words\\n\\n' >&2; exit 2")});
    EXPECT_TRUE(contains(message, "evil ?[2J ? words")) << message;
}

TEST_F(Importer, a_job_that_failed_is_told_from_a_bad_input)
{
    EXPECT_TRUE(contains(failure(small_ct(), {.worker = worker("echo disk full >&2; exit 1")}, 1), "disk full"));
}

TEST_F(Importer, a_worker_that_floods_stderr_is_kept_in_bounds)
{
    EXPECT_TRUE(
        contains(failure(small_ct(), {.worker = worker("head -c 5000000 /dev/zero | tr '\\0' 'x' >&2; echo >&2; "
                                                       "echo the end >&2; exit 2")}),
                 "the end"));
}

TEST_F(Importer, a_worker_that_burns_or_sleeps_is_stopped_within_five_seconds)
{
#ifdef FLUORO_SANITIZED
    GTEST_SKIP() << "the allowance is larger under sanitizers";
#endif
    for (char const* const script : {"while :; do :; done", "sleep 60", "exec 2>&-; sleep 60"}) {
        auto const start = std::chrono::steady_clock::now();
        EXPECT_TRUE(contains(failure(small_ct(), {.worker = worker(script)}), "took more than")) << script;
        double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        EXPECT_LT(seconds, 5.0) << script;
    }
}

TEST_F(Importer, the_worker_runs_without_terminal_core_or_inherited_environment)
{
    ::setenv("ITK_AUTOLOAD_PATH", "/tmp/evil", 1);
    std::string const said = failure(
        small_ct(),
        {.worker = worker(
             "echo \"$(ulimit -c) $(ulimit -t) autoload=$ITK_AUTOLOAD_PATH stdin=$(cat | wc -c)\" >&2; exit 2")});
    ::unsetenv("ITK_AUTOLOAD_PATH");
    EXPECT_TRUE(contains(said, "0 ")) << said;
    EXPECT_TRUE(contains(said, "autoload= stdin=0")) << said;
}

TEST_F(Importer, what_the_worker_hands_back_is_validated_again)
{
    EXPECT_TRUE(contains(failure(small_ct(), {.worker = worker("exit 0")}, 1), "no valid patient"));
    EXPECT_TRUE(
        contains(failure(small_ct(), {.worker = worker("echo FLUOROPTgarbage > \"$3\"")}, 1), "no valid patient"));
    EXPECT_TRUE(contains(failure(small_ct(), {.worker = worker("mkfifo \"$3\"")}, 1), "no valid patient"));
}

TEST_F(Importer, a_ct_is_imported_once_and_then_comes_from_the_cache)
{
    auto const ct = small_ct();
    Patient const first = load_ct(ct.string());
    // The second time the worker is not needed.
    Patient const second = load_ct(ct.string(), {.worker = "/no/such/worker"});
    EXPECT_EQ(first.ct.hu, second.ct.hu);
    EXPECT_EQ(temporary_folders(), 0u);

    // Other options, a changed file, a damaged cache: imported anew.
    EXPECT_THROW(load_ct(ct.string(), {.remove_couch = true, .worker = "/no/such/worker"}), Error);
    for (auto const& entry : std::filesystem::directory_iterator{cache / "fluorolab" / "patients"})
        std::filesystem::resize_file(entry.path(), 100);
    EXPECT_EQ(load_ct(ct.string()).ct.hu, first.ct.hu);
    std::filesystem::last_write_time(ct, std::filesystem::last_write_time(ct) + std::chrono::seconds{1});
    EXPECT_THROW(load_ct(ct.string(), {.worker = "/no/such/worker"}), Error);
}

TEST_F(Importer, a_failed_import_is_not_cached)
{
    auto const bad = write_file(folder / "bad.nii", Bytes(2000, 'x'));
    EXPECT_THROW(load_ct(bad.string()), Error);
    EXPECT_FALSE(std::filesystem::exists(cache / "fluorolab" / "patients"));
}

TEST_F(Importer, a_bundle_is_read_without_the_worker)
{
    Patient const patient = import_ct(small_ct(), {});
    write_bundle(folder / "my-patient", patient);
    EXPECT_EQ(load_ct((folder / "my-patient").string(), {.worker = "/no/such/worker"}).ct.hu, patient.ct.hu);
}

TEST_F(Importer, a_bundle_goes_through_the_worker_where_something_is_to_be_done_to_it)
{
    write_bundle(folder / "my-patient", import_ct(small_ct(), {}));
    Patient const patient = load_ct((folder / "my-patient").string(), {.remove_couch = true});
    ASSERT_FALSE(patient.origin.notes.empty());
    EXPECT_TRUE(contains(patient.origin.notes.back(), "couch")) << patient.origin.notes.back();
}

TEST_F(Importer, what_is_not_there_says_what_a_patient_can_be)
{
    try {
        (void)load_ct("/no/such/file.nii");
        ADD_FAILURE();
    } catch (Error const& error) {
        EXPECT_TRUE(contains(error.what(), "/no/such/file.nii"));
        EXPECT_TRUE(contains(error.what(), "example-head"));
        EXPECT_EQ(error.exit_code(), 2);
    }
}

TEST_F(Importer, the_example_head_is_found_in_the_cache_or_its_absence_explained)
{
    if (std::filesystem::exists("/usr/share/doc/invesalius-examples/examples/Cranium.inv3"))
        GTEST_SKIP() << "the real example is installed and comes first";
    try {
        (void)load_ct("example-head");
        ADD_FAILURE() << "there is none";
    } catch (Error const& error) {
        EXPECT_TRUE(contains(error.what(), "tools/run")) << error.what();
    }
    Grid grid = small_grid();
    grid.origin_mm = Vec3{0};
    grid.directions[1] = Vec3{0, -1, 0};
    write_file(cache / "fluorolab/examples/Cranium.inv3", inv3(grid, voxels<std::int16_t>(grid)));
    EXPECT_EQ(load_ct("example-head").ct.grid.directions[1], (Vec3{0, -1, 0}));
}
