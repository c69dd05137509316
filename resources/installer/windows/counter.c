/* counter.exe: starts the counter of the version that is installed, under one name whatever the version, and ends when that ends, with its
   exit code. Shell Launcher takes the end of what it has started for the end of the counter, so this one waits:
   https://learn.microsoft.com/windows/configuration/shell-launcher/

   Which version that is says kiosk.cmd beside it, which both installers exchange in one step, when the version is whole. This program is the
   same for all versions: one that runs need not be replaced. Of the system's libraries only; nothing of a compiler's is in it. */

#define UNICODE
#include <windows.h>

#define LONGEST 32768
#define LAST_OF_ALL 0x1FF

static WCHAR folder[LONGEST], program[LONGEST], command[LONGEST];
static char line[1024];

static void append(WCHAR *text, const WCHAR *more) {
    if (lstrlenW(text) + lstrlenW(more) < LONGEST)
        lstrcatW(text, more);
}

/* Put the version's folder behind `text`: what stands between %~dp0 and \python.exe. */
static BOOL append_version(WCHAR *text) {
    static const char before[] = "%~dp0", after[] = "\\python.exe";
    WCHAR path[LONGEST / 16] = L"", version[128];
    DWORD read = 0;
    HANDLE file;
    int at, length;

    if (lstrlenW(folder) > LONGEST / 32)
        return FALSE;
    lstrcatW(lstrcatW(path, folder), L"kiosk.cmd");
    file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return FALSE;
    ReadFile(file, line, sizeof line - 1, &read, NULL);
    CloseHandle(file);
    for (at = 0; at + (int)sizeof before <= (int)read; at++) {
        if (CompareStringA(LOCALE_INVARIANT, 0, line + at, sizeof before - 1, before, sizeof before - 1) != CSTR_EQUAL)
            continue;
        at += sizeof before - 1;
        for (length = 0; at + length < (int)read && length < 127; length++) {
            if (line[at + length] == after[0]) {
                version[length] = 0;
                append(text, version);
                return length > 0;
            }
            version[length] = (unsigned char)line[at + length];
        }
        return FALSE;
    }
    return FALSE;
}

/* What stands behind our own name: a program's name ends with its quotation mark, or at a blank.
   https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw */
static const WCHAR *arguments(void) {
    const WCHAR *rest = GetCommandLineW();
    BOOL is_quoted = FALSE;

    for (; *rest && (is_quoted || (*rest != L' ' && *rest != L'\t')); rest++)
        if (*rest == L'"')
            is_quoted = !is_quoted;
    return rest;
}

/* Whatever ends us ends the counter: a second one could not be started beside it.
   https://learn.microsoft.com/windows/win32/procthread/job-objects#managing-job-objects */
static void end_children_with_us(void) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION *limits = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *limits);
    HANDLE job = CreateJobObjectW(NULL, NULL);

    if (limits && job) {
        limits->BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, limits, sizeof *limits);
        AssignProcessToJobObject(job, GetCurrentProcess());
    }
}

/* A standard stream of ours, or none.
   https://learn.microsoft.com/windows/win32/procthread/creating-a-child-process-with-redirected-input-and-output */
static HANDLE handed_on(DWORD which) {
    HANDLE stream = GetStdHandle(which);

    return SetHandleInformation(stream, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT) ? stream : NULL;
}

void start(void) {
    STARTUPINFOW how = {.cb = sizeof how, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION counter;
    DWORD code = 1;
    int end;

    /* At log-off after `kiosk keep`, which goes at 0x200.
       https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setprocessshutdownparameters */
    SetProcessShutdownParameters(LAST_OF_ALL, 0);
    end = GetModuleFileNameW(NULL, folder, LONGEST - 1);
    while (end > 0 && folder[end - 1] != L'\\')
        end--;
    folder[end] = 0;
    append(program, folder);
    if (append_version(program)) {
        append(program, L"\\pythonw.exe");
        append(command, L"\"");
        append(command, program);
        append(command, L"\" -m kiosk keep");
        append(command, arguments());
        end_children_with_us();
        how.hStdInput = handed_on(STD_INPUT_HANDLE);
        how.hStdOutput = handed_on(STD_OUTPUT_HANDLE);
        how.hStdError = handed_on(STD_ERROR_HANDLE);
        if (CreateProcessW(program, command, NULL, NULL, TRUE, 0, NULL, NULL, &how, &counter)) {
            WaitForSingleObject(counter.hProcess, INFINITE);
            GetExitCodeProcess(counter.hProcess, &code);
            ExitProcess(code);
        }
    }
    MessageBoxW(NULL, NOT_THERE, TITLE, MB_ICONERROR);
    ExitProcess(code);
}
