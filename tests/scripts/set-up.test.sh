#!/bin/bash
# set-up.test.sh SOURCE-FOLDER
# tools/run and tools/test against a machine that is played by stand-ins for apt, sudo, cmake, ninja, ctest and the program
# itself: what they call, with which words, what they say and how they end.
# shellcheck disable=SC2016 # the stand-ins expand their words themselves
set -uo pipefail
source_folder=$1
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
clone=$scratch/a\ clone # with a blank: paths must be quoted
calls=$scratch/calls    # one line per call of a stand-in
failures=0

stand_in() { # NAME: the body comes on stdin
    { printf '#!/bin/bash\nprintf "%%s\\n" "%s $*" >>"%s"\n' "$1" "$calls" && cat; } >"$scratch/bin/$1"
    chmod +x "$scratch/bin/$1"
}

# A clone that was built before, on a machine that has everything, for a user who is not root, without a display.
fresh_machine() {
    rm -rf -- "${scratch:?}"/*
    mkdir -p "$clone/tools" "$clone/scenarios" "$clone/build/release" "$scratch/bin" "$scratch/home" "$scratch/work"
    cp "$source_folder"/tools/{run,test,setup.sh} "$clone/tools/"
    printf '# a note\n[run]\ncompiler\nlibrary-dev\n\n[test]\ntester\n' >"$clone/tools/packages.txt"
    printf 'patient: example-head\n' >"$clone/scenarios/first-look.yaml"
    printf 'patient: other\n' >"$scratch/work/second.yaml"
    : >"$clone/build/release/build.ninja"
    : >"$calls"
    mkdir -p "$scratch/home/.cache/fluorolab/examples"
    printf 'a head\n' >"$scratch/home/.cache/fluorolab/examples/Cranium.inv3"
    missing='' user=1000 ninja_says='ninja: no work to do.'
    display='' home=$scratch/home
    stand_in id <<<'echo $user'
    stand_in sudo <<<'exit 1'
    stand_in cmake <<<': >"build/$2/build.ninja"'
    stand_in ninja <<<'printf "%s\n" "$ninja_says"; [[ $ninja_says != *FAILED* ]]'
    stand_in ctest <<<'echo "100% tests passed"; exit ${ctest_exit:-0}'
    stand_in dpkg-query <<<'for p in "${@:4}"; do
        case " $missing " in *" $p "*) ;; *" removed:$p "*) echo "rc  $p" ;; *) echo "ii  $p" ;; esac
    done'
    stand_in apt-get <<<'exit 0'
    program=$clone/build/release/fluorolab
    stand_in program <<<'exit ${program_exit:-0}'
    cp "$scratch/bin/program" "$program"
}

call() { # SCRIPT ARGUMENT...: leaves `code`, `out`, `err`
    (
        cd "$scratch/work" || exit
        env -i PATH="$scratch/bin:/usr/bin:/bin" HOME="$home" ${display:+DISPLAY="$display"} missing="$missing" user="$user" \
            ninja_says="$ninja_says" program_exit="${program_exit:-0}" ctest_exit="${ctest_exit:-0}" bash "$clone/tools/$1" "${@:2}"
    ) >"$scratch/out" 2>"$scratch/err" </dev/null
    code=$?
    out=$(<"$scratch/out") err=$(<"$scratch/err")
}

fail() {
    printf 'FAILED %s: %s\n  exit code %s\n  out: %s\n  err: %s\n  calls:\n%s\n' "$fact" "$1" "$code" "$out" "$err" "$(sed 's/^/    /' "$calls")"
    failures=$((failures + 1))
}
ends_with() { [[ $code == "$1" ]] || fail "should end with $1"; }
called() { grep -q -- "^$1" "$calls" || fail "no call '$1'"; }
not_called() { ! grep -q -- "^$1" "$calls" || fail "unwanted call '$1'"; }
says() { [[ $err == *"$1"* ]] || fail "does not say '$1'"; }

fact='a machine with everything: no apt, no configuring, straight to the program'
fresh_machine
call run
ends_with 0
not_called apt-get
not_called cmake
called 'ninja .*fluorolab fluorolab-import'
called "program run $clone/scenarios/first-look.yaml --headless$"
[[ -z $out && $(wc -l <<<"$err") == 1 ]] || fail 'one line: what is run'

fact='with a display the program gets to open its window'
fresh_machine
display=:7
call run
called "program run $clone/scenarios/first-look.yaml$"

fact="the program's exit code is the script's"
fresh_machine
program_exit=3
call run
ends_with 3
program_exit=0

fact='not root and no sudo: the one apt line with just what is missing, exit code 2, nothing touched'
fresh_machine
missing='library-dev tester'
call run
ends_with 2
[[ $out == 'apt-get update && apt-get -y install --no-install-recommends library-dev' ]] || fail 'not the apt line'
not_called apt-get
not_called ninja
call test
[[ $out == *' library-dev tester' ]] || fail 'tools/test wants its own packages too'

fact='a package that was removed but left its settings behind is missing'
fresh_machine
missing=removed:compiler
call run
ends_with 2
[[ $out == *'--no-install-recommends compiler' ]] || fail 'not the apt line'

fact='root: lists renewed, the missing packages installed without recommendations, then configured anew'
fresh_machine
missing=library-dev user=0
call run
ends_with 0
called 'apt-get .* update'
called 'apt-get .* install --no-install-recommends library-dev$'
called 'cmake --preset release'
says 'installing 1 missing'

fact='sudo without a password does as well'
fresh_machine
missing=library-dev
stand_in sudo <<<'[[ $1 == -n ]] && shift; exec "$@"'
call run
ends_with 0
called 'sudo -n env DEBIAN_FRONTEND=noninteractive apt-get .* install'

fact='packages that cannot be installed end it with the reason'
fresh_machine
missing=library-dev user=0
stand_in apt-get <<<'echo "E: no such mirror"; exit 100'
call run
ends_with 1
says 'E: no such mirror'
not_called ninja

fact='a CT and a scenario reach the program as whole paths, and so do options behind --'
fresh_machine
mkdir "$scratch/work/my ct"
call run 'my ct' second.yaml -- --seed 5
ends_with 0
called "program run $scratch/work/second.yaml --patient $scratch/work/my ct --headless --seed 5$"

fact='what does not exist is refused before anything is built'
fresh_machine
for wrong in nothing.nii nothing.yaml --nonsense; do
    call run "$wrong"
    ends_with 2
    says "'$wrong'"
done
not_called ninja

fact='a build that fails shows the end of its log'
fresh_machine
ninja_says='[1/9] FAILED: room.cpp: something is wrong'
call run
ends_with 1
says 'room.cpp: something is wrong'
says 'build/release/build.log'
not_called program

fact='a build says so in one line with its number of steps'
fresh_machine
ninja_says='[1/9] Building room.cpp'
call run
says 'building release, 9 steps'

fact='a clone that was moved is configured anew, one that was not is left alone'
fresh_machine
echo "CMAKE_HOME_DIRECTORY:INTERNAL=$clone" >"$clone/build/release/CMakeCache.txt"
call run
not_called cmake
echo 'CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere' >"$clone/build/release/CMakeCache.txt"
call run
called 'cmake --preset release'

fact='the example head is unpacked from the package into the cache, once'
fresh_machine
rm -r "$scratch/home/.cache"
if [[ -e /usr/share/doc/invesalius-examples/examples/Cranium.inv3 ]]; then
    call run
    not_called 'apt-get .*download'
else
    inside=$scratch/package/usr/share/doc/invesalius-examples/examples
    mkdir -p "$inside" "$scratch/package/DEBIAN"
    printf 'Package: invesalius-examples\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: none\n' >"$scratch/package/DEBIAN/control"
    echo 'a head' >"$inside/Cranium.inv3"
    dpkg-deb -b "$scratch/package" "$scratch/made.deb" >/dev/null
    stand_in apt-get <<<"[[ \"\$*\" != *download* ]] || cp $scratch/made.deb invesalius-examples_1_all.deb"
    call run
    ends_with 0
    [[ $(<"$scratch/home/.cache/fluorolab/examples/Cranium.inv3") == 'a head' ]] || fail 'no head in the cache'
    [[ -z $(ls -d "$clone"/build/example.* 2>/dev/null) ]] || fail 'scratch left behind'
    : >"$calls"
    call run
    not_called apt-get

    fact='no home to write to: the cache stands under build/'
    rm -r -- "${scratch:?}/home"
    : >"$scratch/home" # a file where the home should be: nobody, root included, can write below it
    call run
    ends_with 0
    [[ -s $clone/build/release/cache/examples/Cranium.inv3 ]] || fail 'no head under build/'

    fact='no head to be had: says so, and what to do'
    fresh_machine
    rm -r "$scratch/home/.cache"
    stand_in apt-get <<<'exit 100'
    call run
    ends_with 1
    says 'tools/run PATH'
    not_called program
fi

fact='tools/test runs all but the long tests, two at a time, and hands on lines and exit code of the test runner'
fresh_machine
ctest_exit=8
call test
ends_with 8
called "ctest --test-dir $clone/build/release -j2 --output-on-failure .*-LE ^long\$\$"
[[ $out == '100% tests passed' ]] || fail "the runner's lines should pass"
ctest_exit=0

fact='tools/test --sanitizers builds and runs both'
fresh_machine
call test --sanitizers
ends_with 0
called "ninja -C $clone/build/asan-ubsan"
called "ctest --test-dir $clone/build/asan-ubsan"
called "ctest --test-dir $clone/build/tsan"
not_called "ctest --test-dir $clone/build/release"

[[ $failures == 0 ]] && echo 'all facts hold'
exit $((failures > 0))
